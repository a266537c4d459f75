// The blocks of an export in their order, checked by as many threads as there are cores; a short export needs none.
import { type FileHandle, open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Block, checkBlock } from '../audit/verify-block.ts';

const BLOCK_BYTES = 4 * 2 ** 20;
const NEWLINE = 10;
/** A thread takes longer to start than so much to read. */
const SHORT_BYTES = 4 * BLOCK_BYTES;
const MOST_THREADS = 8;

/** Whole lines, some megabytes at a time; each piece in memory of its own, so that it can be given away. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const piece = Buffer.allocUnsafeSlow(rest.length + BLOCK_BYTES);
    rest.copy(piece);
    const { bytesRead } = await file.read(piece, rest.length, BLOCK_BYTES);
    const filled = piece.subarray(0, rest.length + bytesRead);
    if (bytesRead === 0) {
      if (filled.length > 0) yield filled;
      return;
    }
    const end = filled.lastIndexOf(NEWLINE) + 1;
    rest = Buffer.from(filled.subarray(end));
    if (end > 0) yield filled.subarray(0, end);
  }
}

type Thread = { check(piece: Buffer): Promise<Block>; stop(): Promise<unknown> };

/** Answers come in the order of the questions. */
function startThread(): Thread {
  const worker = new Worker(new URL('./verify-worker.ts', import.meta.url));
  const waiting: { resolve: (block: Block) => void; reject: (error: Error) => void }[] = [];
  worker.on('message', (block: Block) => waiting.shift()?.resolve(block));
  worker.on('error', (error: Error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    check: (piece) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(piece, [piece.buffer as ArrayBuffer]);
      }),
    stop: () => worker.terminate(),
  };
}

async function* inThreads(file: FileHandle, threads: readonly Thread[]): AsyncGenerator<Block> {
  const asked: Promise<Block>[] = [];
  let n = 0;
  for await (const piece of piecesOf(file)) {
    const answer = threads[n++ % threads.length]?.check(piece);
    answer?.catch(() => undefined);
    if (answer) asked.push(answer);
    // Two for each: one that it has, one that waits.
    const due = asked.length > 2 * threads.length ? asked.shift() : undefined;
    if (due) yield await due;
  }
  for (const answer of asked) yield await answer;
}

export async function* blocksOf(path: string): AsyncGenerator<Block> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  const wanted = size < SHORT_BYTES ? 0 : Math.min(MOST_THREADS, availableParallelism());
  const threads = Array.from({ length: wanted }, startThread);
  try {
    if (threads.length > 0) yield* inThreads(file, threads);
    else for await (const piece of piecesOf(file)) yield checkBlock(piece);
  } finally {
    await Promise.all([...threads.map((thread) => thread.stop()), file.close()]);
  }
}
