// P-15: the copy for the person concerned, complete against what was written and answered in time beside a thousand other persons.

import { liveCase, worldOf } from '../test/api/retention/life.ts';
import startDatabase from '../test/support/global-setup.ts';
import { startService } from '../test/support/start.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const PERSONS = 1000;
const COPIES = 20;

async function measure({ say }: ProbeContext): Promise<Reading> {
  const stopDatabase = await startDatabase();
  const service = await startService();
  try {
    const world = worldOf(service.api);
    const lives = [await liveCase(world), await liveCase(world, { alone: true })];
    for (let n = 0; n < PERSONS; n++) await world.clue();
    say(`${PERSONS} persons beside ${lives.length} whose whole case was lived through`);
    const times: number[] = [];
    const missing: string[] = [];
    const leaked: string[] = [];
    for (let n = 0; n < COPIES; n++) {
      const life = lives[n % lives.length];
      if (!life) continue;
      const from = performance.now();
      const copy = await service.api.create('head.heping', `/v1/persons/${life.personId}/subject-export`, {
        purpose: 'subject_request',
        legalBasis: 'statutory_duty',
      });
      times.push(performance.now() - from);
      missing.push(...life.truth.filter((text) => !copy.text.includes(text)));
      leaked.push(...life.third.filter((text) => copy.text.includes(text)));
    }
    const audited = await service.owner.query("select 1 from audit_records where type = 'person.exported'");
    const slowest = Math.max(...times);
    const figure = `${COPIES} copies: ${missing.length} texts missing, ${leaked.length} values of others, ${audited.length} audited, slowest ${Math.round(slowest)} ms`;
    const met = missing.length + leaked.length === 0 && audited.length === COPIES && slowest <= 10_000;
    return { figure, met };
  } finally {
    await service.stop();
    await stopDatabase();
  }
}

export const probes: readonly Probe[] = [
  {
    number: 'P-15',
    name: 'Copy of everything for the person concerned',
    target: 'complete, 0 values of others, each audited, <= 10 s beside 1,000 persons',
    run: measure,
  },
];
