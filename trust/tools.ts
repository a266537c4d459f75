// What a probe may need of the machine: a missing tool is told in one line instead of a stack.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Thrown by a probe whose tool is absent; its figure becomes "not measured: …". */
export class Lacking extends Error {
  constructor(what: string) {
    super(`this machine has no ${what}`);
    this.name = 'Lacking';
  }
}

/** The first executable of that name in PATH. */
export function findTool(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export function needTool(name: string): string {
  const path = findTool(name);
  if (path === undefined) throw new Lacking(name);
  return path;
}
