// Runs a TypeScript entry point in this very process, or says in one sentence that this Node.js is too old for it.
// Plain JavaScript, which any Node.js can read: `npm start` puts the Node.js 24 of node_modules/.bin first in PATH, and
// this explains itself where that optional package is absent and the machine's own Node.js is older.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const NEEDED = 24;
const [node, , target, ...rest] = process.argv;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  console.error(
    `Node.js ${NEEDED} or newer is needed and this is ${process.versions.node}: install it, or run npm ci without --omit=optional on Linux x64 or arm64, which brings its own.`,
  );
  process.exit(1);
}
if (target === undefined) {
  console.error('Name the file to run: node src/bin/guard.mjs src/bin/server.ts.');
  process.exit(1);
}

// The entry point sees the arguments as if it had been started directly; no parent process stays in between.
process.argv = [node, resolve(target), ...rest];
await import(pathToFileURL(resolve(target)).href);
