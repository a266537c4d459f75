// The one error that a person sees from the embedded database: a sentence that says what is wrong and what to do.

export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
}

/** The text of anything thrown, for the middle of such a sentence. */
export function reasonOf(error: unknown): string {
  return has(error, 'message') ? String(error.message) : String(error);
}

/** The code of a Node.js or PostgreSQL error ('ENOENT', '57P03'), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return has(error, 'code') && typeof error.code === 'string' ? error.code : undefined;
}

/** Not `instanceof Error`: errors of Node.js itself come from another realm where the code runs in a vm, as under Jest. */
function has<Key extends string>(error: unknown, key: Key): error is Record<Key, unknown> {
  return typeof error === 'object' && error !== null && key in error;
}
