// Seals everything that was written so far: a transaction of another suite on the same cluster holds the horizon for a moment.
import { join } from 'node:path';
import { sealAudit } from '../../src/audit/sealing.ts';
import type { Service } from './start.ts';

export const exportDirOf = (service: Service) => join(service.dataDir, 'checkpoints');

export async function sealEverything(service: Service, exportDir = exportDirOf(service)): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    await sealAudit(service.tx, { publicUrl: 'http://service.test', exportDir });
    const [row] = await service.owner.query<{ n: number }>(
      `select count(*)::int as n from audit_records r where alg <> 'none'
       and not exists (select from audit_leaves l where l.record_id = r.id)`,
    );
    if (row?.n === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('a transaction holds the sealing for more than five seconds');
}

/** A sealed record of an act in the province. */
export async function sealRecord(service: Service): Promise<string> {
  await sealEverything(service);
  const [row] = await service.owner.query<{ id: string }>(
    `select l.record_id as id from audit_leaves l join audit_records r on r.id = l.record_id join agencies a on a.id = r.agency_id
     order by l.leaf_index limit 1`,
  );
  if (!row) throw new Error('nothing was sealed');
  return row.id;
}
