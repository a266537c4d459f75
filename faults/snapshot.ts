// Reads what the oracle judges, as the owner of the tables and after healing; and runs the verifier over the whole audit record.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { appSinks, handlers } from '../src/app.ts';
import { exportRecords } from '../src/audit/export.ts';
import { exportName } from '../src/audit/export-file.ts';
import { parseCheckpoint, splitNotes } from '../src/audit/note.ts';
import { sealAudit } from '../src/audit/sealing.ts';
import { checkLeaves, createVerification } from '../src/audit/verify.ts';
import { checkRecord } from '../src/audit/verify-block.ts';
import type { WireRecord } from '../src/audit/wire.ts';
import { createIdGenerator } from '../src/kernel/ids.ts';
import { openKeyring } from '../src/platform/crypto/keyring.ts';
import { createPool } from '../src/platform/db/client.ts';
import type { TxDeps } from '../src/platform/db/tx.ts';
import { TEST_KEK } from '../test/support/settings.ts';
import type { FundRow, Snapshot } from './snapshot-types.ts';

export type Urls = { appUrl: string; ownerUrl: string };

/** A command may have been under way for as long when a checkpoint was made without it. */
const TOLERANCE_MS = 120_000;

async function sealAll(deps: TxDeps, exportDir: string): Promise<void> {
  const open = `select count(*)::int as n from audit_records r where alg <> 'none' and (sequence is not null or view_sequence is not null)
    and not exists (select from audit_leaves l where l.record_id = r.id)`;
  for (let tries = 0; tries < 100; tries++) {
    await sealAudit(deps, { publicUrl: 'http://faults.test', exportDir });
    const [row] = await deps.pool.query<{ n: number }>(open);
    if (row?.n === 0) return;
    await sleep(100);
  }
  throw new Error('something holds the sealing for ten seconds');
}

async function faultsOf(deps: TxDeps, exportDir: string): Promise<string[]> {
  const [log] = await deps.pool.query<{ origin: string }>('select origin from audit_logs');
  const base = join(exportDir, exportName(log?.origin ?? ''));
  const checkpoints = splitNotes(readFileSync(`${base}.checkpoints`, 'utf8')).flatMap(
    (note) => parseCheckpoint(note) ?? [],
  );
  const leaves = readFileSync(`${base}.leaves`);
  const contradicted = checkLeaves(leaves, checkpoints);
  if (contradicted) return [`leaf ${contradicted.leafIndex}: ${contradicted.what}`];
  const verification = createVerification({ checkpoints, leaves, toleranceMs: TOLERANCE_MS });
  for await (const page of exportRecords(deps))
    for (const line of page.trimEnd().split('\n')) {
      const fault = verification.take(checkRecord(JSON.parse(line) as WireRecord));
      if (fault) return [`leaf ${fault.leafIndex}: ${fault.what}`];
    }
  const missing = verification.end();
  return missing ? [`leaf ${missing.leafIndex}: ${missing.what}`] : [];
}

/** Seals what is unsealed, then holds every record against the checkpoints. */
async function verifyChain({ appUrl }: Urls): Promise<string[]> {
  const exportDir = mkdtempSync(join(tmpdir(), 'ja-faults-log-'));
  const pool = createPool({ url: appUrl, max: 2, onError: () => undefined });
  try {
    const keyring = await openKeyring(pool, TEST_KEK);
    const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
    const deps: TxDeps = { pool, newId, keyring, sinks: appSinks, handlers };
    await sealAll(deps, exportDir);
    return await faultsOf(deps, exportDir);
  } finally {
    await pool.end();
    rmSync(exportDir, { recursive: true, force: true });
  }
}

const OPEN_OR_PAID = `('reserved', 'authorised', 'submitted', 'unknown', 'failed', 'settled', 'in_custody', 'receipt_confirmed', 'receipt_disputed', 'recovering', 'recovered', 'written_off')`;

/** A row of a table as it is: money as text, since JSON has no bigint. */
const QUERIES = {
  keys: `select key, status, xmin::text as xid from idempotency_keys`,
  facts: `select xid::text, type, kind, resource_id as "resourceId", sequence, officer_id as "officerId"
    from audit_records where sequence is not null`,
  events: `select xid::text, type, kind, resource_id as "resourceId", sequence from events`,
  heads: `select kind, resource_id as "resourceId", sequence from aggregate_heads`,
  postings: `select p.journal_id as journal, p.fund_id as fund, j.kind, p.account, p.amount_fen::text as fen, j.disbursement_id as "disbursementId"
    from ledger_postings p join ledger_journals j on j.id = p.journal_id`,
  funds: `select id, to_jsonb(f) as "row" from funds f`,
  reservations: `select r.id, r.amount_fen::text as fen, r.drawn_fen::text as "drawnFen", r.released_fen::text as "releasedFen",
    coalesce((select sum(d.amount_fen) from disbursements d where d.beneficiary_id = r.beneficiary_id and d.fund_id = r.fund_id
      and d.state in ${OPEN_OR_PAID}), 0)::text as "linesFen" from fund_reservations r`,
  awards: `select b.id as "beneficiaryId", coalesce(b.granted_fen, 0)::text as "grantedFen",
    coalesce((select sum(d.amount_fen) from disbursements d where d.beneficiary_id = b.id and d.state in ${OPEN_OR_PAID}), 0)::text as "linesFen"
    from case_beneficiaries b`,
  lines: `select id, state, amount_fen::text as fen, fund_id as fund from disbursements`,
} as const;

/** As before the ledger had postings of its own: an entry is a journal of two sides. */
const ENTRIES = `select e.id as journal, e.fund_id as fund, e.kind, side.account, side.fen::text as fen, e.disbursement_id as "disbursementId"
  from fund_entries e, lateral (values (case e.from_account when 'external' then 'treasury' else e.from_account end, -e.amount_fen),
    (case e.to_account when 'external' then 'treasury' else e.to_account end, e.amount_fen)) as side (account, fen)`;

type Raw = Record<string, unknown>;

/** Members that are named as money become whole numbers of fen. */
const inFen = (row: Raw): Raw =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, /^fen$|Fen$/.test(name) ? BigInt(String(value)) : value]),
  );

function balancesOf(row: Raw): FundRow['balances'] {
  const columns = Object.entries(row).filter(([name]) => name.endsWith('_fen'));
  return Object.fromEntries(columns.map(([name, fen]) => [name.slice(0, -'_fen'.length), BigInt(String(fen))]));
}

/** One instant of the database for all of it. */
async function readAll(client: pg.Client): Promise<Record<string, Raw[]>> {
  await client.query('begin isolation level repeatable read read only');
  // The owner looks at every agency's rows.
  await client.query(`select set_config('row_security', 'on', true)`);
  const { rows: ledger } = await client.query<{ there: boolean }>(
    `select to_regclass('ledger_postings') is not null as there`,
  );
  const queries = { ...QUERIES, ...(ledger[0]?.there ? {} : { postings: ENTRIES }) };
  const found: Record<string, Raw[]> = {};
  for (const [name, text] of Object.entries(queries)) found[name] = (await client.query<Raw>(text)).rows.map(inFen);
  await client.query('commit');
  return found;
}

export async function takeSnapshot(urls: Urls, { chain = true } = {}): Promise<Snapshot> {
  const chainFaults = chain ? await verifyChain(urls) : [];
  const client = new pg.Client({ connectionString: urls.ownerUrl });
  await client.connect();
  try {
    const found = await readAll(client);
    const funds = (found.funds ?? []).map(({ id, row }) => ({ id: String(id), balances: balancesOf(row as Raw) }));
    return { ...(found as unknown as Snapshot), funds, chainFaults };
  } finally {
    await client.end();
  }
}
