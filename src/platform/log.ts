// The log: one JSON object a line, and only fields on the allow-list leave the process (P-09, P-10).
import type { LogLevel } from './config.ts';

/** Names that may stand in the log; a field that is not listed is dropped, so a new one cannot leak by accident. */
const FIELDS = [
  'requestId',
  'method',
  'route',
  'status',
  'durationMs',
  'code',
  'errorName',
  'errorCode',
  'at',
  'agencyId',
  'officerId',
  'clientId',
  'signal',
  'address',
  'port',
  'pid',
  'job',
  'count',
  'attempt',
  'version',
  'stamp',
  'dataDir',
  'phase',
] as const;
export type LogFields = Partial<Record<(typeof FIELDS)[number], string | number | boolean | undefined>>;

export type Log = Record<'debug' | 'info' | 'warn' | 'error', (message: string, fields?: LogFields) => void>;

const RANK: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40, silent: 100 };

export function createLog(level: LogLevel, write: (line: string) => void, now: () => Date): Log {
  const emit =
    (name: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields: LogFields = {}) => {
      if (RANK[name] < RANK[level]) return;
      const kept = FIELDS.filter((field) => fields[field] !== undefined).map((field) => [field, fields[field]]);
      write(`${JSON.stringify({ time: now().toISOString(), level: name, message, ...Object.fromEntries(kept) })}\n`);
    };
  return { debug: emit('debug'), info: emit('info'), warn: emit('warn'), error: emit('error') };
}

const ROOTS = ['/src/', '/node_modules/'];

/**
 * `src/…:line` of the first frame in our own source or a package. The message, which stands above the frames and may hold
 * input that looks like one, is cut off; where it is not found there (it was changed since), nothing is told.
 */
function placeOf({ message, stack = '' }: Error): string | undefined {
  const start = stack.indexOf(message);
  const frames = (start < 0 ? '' : stack.slice(start + message.length))
    .split('\n')
    .filter((line) => line.startsWith('    at ') && line.length < 1000);
  for (const frame of frames) {
    const path = frame.replaceAll('\\', '/');
    const start = Math.max(...ROOTS.map((root) => path.lastIndexOf(root)));
    if (start < 0) continue;
    const [file = '', line] = (path.slice(start + 1).split(/[\s()]/, 1)[0] ?? '').split(':');
    if (/^\d+$/.test(line ?? '')) return `${file}:${line}`;
  }
  return undefined;
}

/** What of an error may be logged: its class, its code and the place in our own source; its message may hold input. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const at = placeOf(error);
  const code = (error as { code?: unknown; sqlState?: unknown }).sqlState ?? (error as { code?: unknown }).code;
  return { errorName: error.name, errorCode: typeof code === 'string' ? code : undefined, at };
}
