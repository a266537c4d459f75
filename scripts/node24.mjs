// Prints the path of the Node 24 that npm scripts run on: node=$(node scripts/node24.mjs) && exec "$node" src/bin/server.ts
// npm's own link node_modules/.bin/node cannot be trusted: both architectures' packages claim it, and npm 10 (Node 20
// and 22) removes it again when it drops the package of the other one. Plain old JavaScript: an old Node must read it.
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packaged = fileURLToPath(
  new URL(`../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
);
const major = Number(process.versions.node.split('.')[0]);

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (runs(packaged)) {
  console.log(packaged);
} else if (major >= 24) {
  console.log(process.execPath);
} else {
  console.error(
    `This service needs Node 24 or newer; this is ${process.version}, and the packaged Node 24 is not in node_modules ` +
      `(it exists for Linux on x64 and arm64). Run "npm ci" without --omit=optional, or install Node 24.`,
  );
  process.exit(1);
}
