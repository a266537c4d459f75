// The files the gates look at: what git tracks or would track, so that build leftovers never count.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function walk(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** Paths below `directories` that match, relative to the project, sorted. */
export function filesIn(directories: readonly string[], pattern: RegExp): string[] {
  return directories
    .filter((directory) => existsSync(join(ROOT, directory)) && statSync(join(ROOT, directory)).isDirectory())
    .flatMap(walk)
    .filter((path) => pattern.test(path))
    .sort();
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Runs a tool of node_modules under this Node; answers its output and whether it ended well. */
export function runTool(script: string, args: readonly string[]): { ok: boolean; output: string } {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' };
  try {
    const output = execFileSync(process.execPath, [join(ROOT, script), ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1_048_576,
      env,
    });
    return { ok: true, output };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return { ok: false, output: `${stdout ?? ''}${stderr ?? ''}` || String(error) };
  }
}
