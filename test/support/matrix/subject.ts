// What an operation is about, and how each agency stands to it: read from the tables as their owner, beside the service.
import type { Pool } from '../../../src/platform/db/client.ts';
import type { Op } from '../contract.ts';
import type { Target } from '../fixtures/fixture.ts';

/** Relation by agency id; `undefined`: the operation addresses nothing that belongs to anybody. */
export type Standing = ReadonlyMap<string, string>;

type Asker = { agencyId: string; role: string; code: string };

/** What is sealed stands as `<relation> sealed <whom it is open to>`: to the rest of the agency it is not there (ADR 0022). */
export function relationOf(standing: Standing | undefined, { agencyId, role, code }: Asker): string {
  if (!standing) return 'any';
  const [relation = 'none', sealed, ...open] = standing.get(agencyId)?.split(' ') ?? [];
  return !sealed || open.includes(role) || open.includes(code) ? relation : 'none';
}

type Subject = { kind: string; id: string };

/** What is seen through something else: the statement answers kind and id of that. */
const THROUGH: readonly (readonly [path: RegExp, text: string])[] = [
  [/^\/v1\/deadlines\/\{id\}/, 'select subject_kind as kind, subject_id as id from deadlines where id = $1'],
  [/^\/v1\/reconciliations\/\{id\}/, `select 'fund' as kind, fund_id as id from reconciliations where id = $1`],
  [/^\/v1\/documents\/\{id\}/, 'select parent_kind as kind, parent_id as id from documents where id = $1'],
  [/^\/v1\/person-reviews\/\{id\}/, `select 'person' as kind, person_id as id from person_reviews where id = $1`],
];

/** What is named in the body instead of the address (S-14). */
function inBody(op: Op, { body }: Target): Subject | undefined {
  const {
    origin = {},
    monitoringAccountId,
    subject,
  } = (body ?? {}) as {
    origin?: Record<string, string>;
    monitoringAccountId?: string;
    subject?: Subject;
  };
  if (['askForEmergencySight', 'placeLegalHold'].includes(op.id)) return subject;
  if (op.id === 'importBankStatement') return { kind: 'fund', id: String((body as { fundId?: string }).fundId) };
  if (op.id === 'sendReferrals') return { kind: 'case', id: String(origin.assistanceCaseId) };
  return op.id === 'planVisit' ? { kind: 'account', id: String(monitoringAccountId) } : undefined;
}

/** Where the rule asks for the place: agencies whose region contains the one that is named. */
const PLACED = ['createAssistanceCase', 'getStatisticsSummary'];

async function agenciesOver(owner: Pool, { body, query }: Target): Promise<Standing> {
  const region = String((body as { regionCode?: string } | undefined)?.regionCode ?? query?.regionCode);
  const over = [region, `${region.slice(0, 4)}00`, `${region.slice(0, 2)}0000`];
  const rows = await owner.query<{ id: string }>('select id from agencies where region_code = any($1)', [over]);
  return new Map(rows.map(({ id }) => [id, 'within']));
}

async function subjectOf(owner: Pool, op: Op, target: Target): Promise<Subject | undefined> {
  const id = target.params?.id;
  if (id === undefined) return inBody(op, target);
  const declared = op.operation['x-resource'];
  if (typeof declared === 'string') return { kind: declared, id };
  const through = THROUGH.find(([path]) => path.test(op.path));
  if (!through) return undefined;
  const [row] = await owner.query<Subject>(through[1], [id]);
  return row;
}

/** Rows that belong to one agency and to nobody else. */
const OWNED: readonly (readonly [path: RegExp, text: string])[] = [
  [/^\/v1\/work-items\/\{id\}/, 'select agency_id as agency from work_items where id = $1'],
  [/^\/v1\/role-grants\/\{id\}/, 'select agency_id as agency from role_grants where id = $1'],
  [/^\/v1\/agencies\/\{id\}/, 'select id as agency from agencies where id = $1'],
];

export async function standingOf(owner: Pool, op: Op, target: Target): Promise<Standing | undefined> {
  if (PLACED.includes(op.id)) return agenciesOver(owner, target);
  const owned = OWNED.find(([path]) => path.test(op.path));
  if (owned) {
    const [row] = await owner.query<{ agency: string }>(owned[1], [target.params?.id]);
    return new Map(row ? [[row.agency, 'own']] : []);
  }
  const subject = await subjectOf(owner, op, target);
  if (!subject) return undefined;
  const rows = await owner.query<{ agency: string; relation: string }>(
    `select agency_id as agency, relation || case when sealed_to is null then '' else ' sealed ' ||
       array_to_string(sealed_to || array(select o.code from officers o where o.id::text = any(sealed_to)), ' ') end as relation from access
     where kind = $1 and resource_id = $2 and (until is null or until > now())`,
    [subject.kind, subject.id],
  );
  const standing = new Map(rows.map((row) => [row.agency, row.relation]));
  if (op.id !== 'superviseDeadline') return standing;
  // Whom a breach was reported to sees the clock whatever it sees of what the clock is about.
  const [told] = await owner.query<{ agency: string }>('select escalated_to as agency from deadlines where id = $1', [
    target.params?.id,
  ]);
  return told ? standing.set(told.agency, 'superior') : standing;
}
