// The export of all sealed records as NDJSON, in sealing order: what the verifier reads.
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import { readSealed } from './records-repository.ts';
import { asSealer } from './sealing.ts';

const PAGE = 5000;

/** Lines of the export, page by page; a page is a transaction of its own, since what is sealed does not change. */
export async function* exportRecords(deps: TxDeps): AsyncGenerator<string> {
  for (let from = 0; ; ) {
    const records = await readTx(deps, asSealer, (tx) => readSealed(tx, from, PAGE));
    if (records.length > 0) yield `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
    if (records.length < PAGE) return;
    from = (records.at(-1)?.leafIndex ?? from) + 1;
  }
}
