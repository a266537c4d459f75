// Holds the stored work items against availableActions: for every officer, over every resource that officer sees.

import { accountActions, accountMachine } from '../../src/accounts/domain.ts';
import { findAccount } from '../../src/accounts/service.ts';
import { actorSource } from '../../src/agencies/service.ts';
import { caseActions } from '../../src/cases/actions.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { noticeActions, noticeMachine } from '../../src/cases/notice-domain.ts';
import { findNotice } from '../../src/cases/notice-repository.ts';
import { findCase } from '../../src/cases/service.ts';
import { clueActions, clueMachine } from '../../src/clues/domain.ts';
import { findClue } from '../../src/clues/service.ts';
import { deadlineActions, deadlineMachine } from '../../src/deadlines/domain.ts';
import { findDeadline } from '../../src/deadlines/repository.ts';
import { disbursementActions } from '../../src/disbursements/actions.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import { findDisbursement } from '../../src/disbursements/service.ts';
import { grantActions, grantMachine } from '../../src/grants/domain.ts';
import { findGrant } from '../../src/grants/repository.ts';
import { type ActionSpec, type ActionTable, availableActions } from '../../src/kernel/action.ts';
import { type Actor, may, type Permission } from '../../src/kernel/actor.ts';
import type { Machine } from '../../src/kernel/machine.ts';
import { personActions, personMachine } from '../../src/persons/lifecycle.ts';
import { knowPerson } from '../../src/persons/merge.ts';
import { findPerson } from '../../src/persons/repository.ts';
import { readTx, type Tx } from '../../src/platform/db/tx.ts';
import { referralActions, referralMachine } from '../../src/referrals/domain.ts';
import { findReferral } from '../../src/referrals/service.ts';
import { visitActions, visitMachine } from '../../src/visits/domain.ts';
import { findVisit } from '../../src/visits/service.ts';
import type { Service } from './start.ts';

type Judge = (actor: Actor) => string[];
type Kind = { read: Permission; judge(tx: Tx, id: string): Promise<Judge | undefined> };

/** What `availableActions` allows and somebody waits for, read as the feature itself reads it. */
function kind<F extends { state: S }, S extends string, V extends string>(
  read: Permission,
  machine: Machine<S, V>,
  table: ActionTable<F, V>,
  find: (tx: Tx, id: string) => Promise<F | undefined>,
): Kind {
  const awaited = (spec: ActionSpec<F, V> | undefined, facts: F) =>
    typeof spec?.awaited === 'function' ? spec.awaited(facts) : spec?.awaited === true;
  return {
    read,
    async judge(tx, id) {
      const facts = await find(tx, id);
      return (
        facts &&
        ((actor) =>
          availableActions(machine, table, facts, actor, '', 'en')
            .filter(({ action, allowed }) => allowed && awaited(table[action], facts))
            .map(({ action }) => action))
      );
    },
  };
}

const kinds: Readonly<Record<string, Kind>> = {
  clue: kind('clue:read', clueMachine, clueActions, findClue),
  case: kind('case:read', caseMachine, caseActions, findCase),
  disbursement: kind('disbursement:read', disbursementMachine, disbursementActions, findDisbursement),
  referral: kind('referral:read', referralMachine, referralActions, findReferral),
  visit: kind('visit:read', visitMachine, visitActions, findVisit),
  account: kind('account:read', accountMachine, accountActions, findAccount),
  deadline: kind('deadline:read', deadlineMachine, deadlineActions, (tx, id) => findDeadline(tx, id)),
  notice: kind('notice:read', noticeMachine, noticeActions, findNotice),
  break_glass_grant: kind('break_glass:read', grantMachine, grantActions, findGrant),
  person: kind('person:read', personMachine, personActions, async (tx, id) => {
    const person = await findPerson(tx, id);
    return person && (await knowPerson(tx, person)).facts;
  }),
};

type Seen = { kind: string; id: string; judge: Judge };

/** Every resource that the agency sees, with its facts as the agency reads them. */
function seenBy(service: Service, actor: Actor, oversight: boolean): Promise<Seen[]> {
  const request = { actor, requestId: 'test', language: 'en', dryRun: false, oversight } as const;
  return readTx(service.tx, request, async (tx) => {
    const rows = await service.owner.query<{ kind: string; id: string }>(
      `select kind, resource_id as id from access where agency_id = $1 and kind = any($2)
         and (until is null or until > now()) and (relation <> 'oversight' or $3)`,
      [actor.agency.id, Object.keys(kinds), oversight],
    );
    const seen: Seen[] = [];
    for (const row of rows) {
      const judge = await kinds[row.kind]?.judge(tx, row.id);
      if (judge) seen.push({ ...row, judge });
    }
    return seen;
  });
}

type Item = { kind: string; resource: { id: string }; action: string; allowed: boolean };

/** Over HTTP: all of the agency's items that this officer may do now. */
async function itemsOf(service: Service, officer: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at: string = cursor ? `&cursor=${cursor}` : '';
    const { status, text, body } = await service.api.get(
      officer,
      `/v1/work-items?assignee=agency&limit=200&order=newest${at}`,
    );
    if (status !== 200) throw new Error(text);
    for (const item of (body.items ?? []) as Item[])
      if (item.allowed) found.push(`${item.kind} ${item.resource.id} ${item.action}`);
    cursor = body.nextCursor as string | null;
  }
  return found.sort();
}

export type Equality = { officers: number; resources: number; items: number; faults: string[] };

/** Compares for every active officer; `faults` says who lacks which item or has one too many. */
export async function compareWork(service: Service): Promise<Equality> {
  const officers = await service.owner.query<{ id: string; code: string }>(
    `select o.id, o.code from officers o join agencies a on a.id = o.agency_id
     where o.state = 'active' and a.state = 'active' order by o.code`,
  );
  const load = actorSource(service.tx, { sandbox: true });
  const seen = new Map<string, Promise<Seen[]>>();
  const result: Equality = { officers: 0, resources: 0, items: 0, faults: [] };
  for (const { id, code } of officers) {
    const actor = await load({ sub: id, kind: 'officer', factor: 'sandbox' });
    if (!actor) continue;
    const oversight = may(actor, 'oversight:read');
    const key = `${actor.agency.id} ${oversight}`;
    const resources = await (seen.get(key) ?? seen.set(key, seenBy(service, actor, oversight)).get(key) ?? []);
    const meant = resources
      .filter((resource) => may(actor, kinds[resource.kind]?.read ?? 'nothing:read'))
      .flatMap(({ kind: of, id: resourceId, judge }) => judge(actor).map((action) => `${of} ${resourceId} ${action}`))
      .sort();
    const kept = may(actor, 'work:read') ? await itemsOf(service, code) : [];
    const lacks = meant.filter((item) => !kept.includes(item)).map((item) => `${code} lacks ${item}`);
    const extra = kept.filter((item) => !meant.includes(item)).map((item) => `${code} has besides ${item}`);
    result.officers += 1;
    result.items += kept.length;
    result.faults.push(...lacks, ...extra);
  }
  for (const list of seen.values()) result.resources += (await list).length;
  return result;
}
