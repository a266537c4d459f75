// Constants of the test run.
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
export const TEST_KEK = Buffer.alloc(32, 7);

export function urlOf(url: string, database: string): string {
  const copy = new URL(url);
  copy.pathname = `/${database}`;
  return copy.toString();
}
