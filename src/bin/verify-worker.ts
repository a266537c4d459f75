// A thread of verify-audit: takes blocks of lines and answers what it found in them.
import { parentPort } from 'node:worker_threads';
import { checkBlock } from '../audit/verify-block.ts';

parentPort?.on('message', (bytes: Uint8Array) => {
  const block = checkBlock(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  parentPort?.postMessage(block, [block.numbers.buffer as ArrayBuffer, block.hashes.buffer as ArrayBuffer]);
});
