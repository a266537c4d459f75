// What the tests import as '@jest/globals' under jest-light-runner: Jest's own functions, with the time limits that runner leaves out.
import * as circus from 'jest-circus';

const LIMIT_MS = 30_000;

/** What nobody caught while a test ran is that test's failure, not the end of the worker. */
const uncaught = [];
for (const name of ['uncaughtException', 'unhandledRejection']) process.on(name, (error) => uncaught.push(error));

/** A body that does not end within `limit` milliseconds fails instead of holding the run. */
function timed(body, limit = LIMIT_MS) {
  if (body === undefined) return undefined;
  return async () => {
    let timer;
    const late = new Promise((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${limit} ms`)), limit);
    });
    try {
      await Promise.race([body(), late]);
      if (uncaught.length > 0) throw uncaught.splice(0)[0];
    } finally {
      clearTimeout(timer);
    }
  };
}

const titled = (register) => (title, body, limit) => register(title, timed(body, limit));
const untitled = (register) => (body, limit) => register(timed(body, limit));
/** Rows are handed over before the limit is put around. */
const each = (registerEach) => (rows) => (title, body, limit) =>
  registerEach(rows)(title, (...row) => timed(() => body(...row), limit)());

export const expect = globalThis.expect;
export const test = Object.assign(titled(circus.test), { each: each(circus.test.each) });
export const it = test;
export const describe = circus.describe;
export const beforeAll = untitled(circus.beforeAll);
export const beforeEach = untitled(circus.beforeEach);
export const afterAll = untitled(circus.afterAll);
export const afterEach = untitled(circus.afterEach);
