// Verbs on what a clue says: submit, edit, supplement, upsert by the source system's key.

import { type AgencyRow, findAgencyFor } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import { normaliseIdNumber, parseCitizenId } from '../kernel/citizen-id.ts';
import { isPhone } from '../kernel/phone.ts';
import type { Detail, FieldError } from '../kernel/problem.ts';
import type { SubjectInput } from '../persons/domain.ts';
import { isCode, registerSubject, requireRegion, requireSubjects } from '../persons/service.ts';
import { onConstraint } from '../platform/db/errors.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  type ClueContent,
  clueActions,
  clueMachine,
  clueProblems,
  contentDifferences,
  isGreenChannel,
  type LinkedCase,
  type LinkedCaseChange,
  type LinkedCaseType,
  linkedCaseKey,
  mergeLinkedCase,
  missingForAcceptance,
} from './domain.ts';
import {
  type Clue,
  contentColumns,
  firstRouting,
  insertClue,
  lockByExternalId,
  saveClue,
  sealNarrative,
  writeSubjects,
} from './repository.ts';
import { handOver, lockClue, receiverGrants } from './service.ts';

onConstraint('clues_external_id', () => clueProblems['clue.external_id_taken']());

export type ClueInput = {
  source: string;
  regionCode: string;
  urgency?: ClueContent['urgency'];
  foundOn?: string | null;
  campaignCode?: string | null;
  facts: string;
  hardship?: string | null;
  linkedCase?: { type: LinkedCaseType; number?: string | null; handlingOrgan: string } | null;
  subjects: SubjectInput[];
};

function checkMembers(tx: Tx, content: Pick<ClueContent, 'foundOn' | 'campaignCode'>): void {
  const errors: FieldError[] = [];
  if (content.foundOn && content.foundOn > tx.ctx.today)
    errors.push({ pointer: '/foundOn', code: 'date.future', detail: ['晚于今天', 'a day after today'] });
  if (content.campaignCode && !isCode('campaigns', content.campaignCode, tx.ctx.today)) {
    errors.push({
      pointer: '/campaignCode',
      code: 'code.unknown',
      detail: [`没有专项活动 ${content.campaignCode}`, `no campaign ${content.campaignCode}`],
    });
  }
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

function toLinkedCase(linked: ClueInput['linkedCase']): ClueContent['linkedCase'] {
  return linked ? { type: linked.type, number: linked.number ?? null, handlingOrgan: linked.handlingOrgan } : null;
}

/** The content in normal form; every broken rule of the body at once (422). */
function toContent(tx: Tx, input: ClueInput): ClueContent {
  requireRegion(input.regionCode, '/regionCode');
  const content: ClueContent = {
    source: input.source,
    regionCode: input.regionCode,
    urgency: input.urgency ?? 'normal',
    foundOn: input.foundOn ?? null,
    campaignCode: input.campaignCode ?? null,
    facts: input.facts,
    hardship: input.hardship ?? null,
    linkedCase: toLinkedCase(input.linkedCase),
    subjects: requireSubjects(input.subjects, tx.ctx.today),
  };
  checkMembers(tx, content);
  return content;
}

/** Personal data never stands in a URL: an external id that is an id or phone number is refused. */
function checkExternalId(tx: Tx, externalId: string): void {
  if (!parseCitizenId(normaliseIdNumber(externalId), tx.ctx.today).ok && !isPhone(externalId)) return;
  throw httpProblems['request.rule_violated']({}, [
    {
      pointer: '/externalId',
      code: 'external_id.personal',
      detail: ['不得以身份证号或电话号码作为标识', 'an identity or phone number may not be a key'],
    },
  ]);
}

async function receiverOf(tx: Tx, regionCode: string): Promise<AgencyRow> {
  const agency = await findAgencyFor(tx, 'procuratorate', regionCode, tx.ctx.actor.agency.level);
  if (!agency)
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/regionCode',
        code: 'region.no_receiver',
        detail: ['没有检察院负责此区划', 'no procuratorate is responsible for this region'],
      },
    ]);
  return agency;
}

async function registerSubjects(tx: Tx, clueId: string, content: ClueContent) {
  const registered = [];
  for (const subject of content.subjects)
    registered.push({ subject, personId: await registerSubject(tx, subject, { kind: 'clue', id: clueId }) });
  return registered;
}

/** Creates and routes a clue to the procuratorate of the submitter's level whose region contains `regionCode`. */
export async function submitClue(tx: Tx, input: ClueInput, externalId: string | null): Promise<Clue> {
  if (externalId) checkExternalId(tx, externalId);
  const content = toContent(tx, input);
  const { agency, officer } = tx.ctx.actor;
  const id = tx.newId();
  const receiver = await receiverOf(tx, content.regionCode);
  const [grants, number, subjects] = await Promise.all([
    receiverGrants(tx, receiver.id),
    allotRecordNumber(tx, 'CL', receiver.code),
    registerSubjects(tx, id, content),
  ]);
  await tx.vault.newKey('clue', id);
  const row = {
    id,
    number,
    externalId,
    sourceAgencyId: agency.id,
    receivingAgencyId: receiver.id,
    state: clueMachine.initial,
    ...contentColumns(content),
    linkedKey: linkedCaseKey(content.linkedCase),
    greenChannel: isGreenChannel(agency.kind, content),
    narrativeSealed: await sealNarrative(tx, id, content),
    outcomeSealed: null,
    reasonCode: null,
    missing: missingForAcceptance(content),
    caseId: null,
    caseEnded: false,
    submittedBy: officer?.id ?? null,
    contentAt: null,
    contentRecordedAt: null,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
  const access = [
    ...grants,
    { agencyId: agency.id, relation: agency.id === receiver.id ? ('receiver' as const) : ('source' as const) },
  ];
  insertClue(tx, row);
  tx.record({
    type: 'clue.submitted',
    kind: 'clue',
    id,
    first: true,
    data: {
      sourceAgencyId: agency.id,
      receivingAgencyId: receiver.id,
      urgency: content.urgency,
      greenChannel: row.greenChannel,
      foundOn: content.foundOn,
    },
    access,
  });
  const subjectRows = await writeSubjects(tx, id, subjects);
  const routings = [await firstRouting(tx, id, receiver.id)];
  return { ...row, content, outcome: {}, subjectRows, routings };
}

type Change = { [K in keyof ClueInput]?: ClueInput[K] | undefined };

/** Applies the given members to the content; an absent member stays, null empties. */
function mergeContent(tx: Tx, clue: Clue, change: Change): ClueContent {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const { subjects, linkedCase, ...members } = given as Change;
  if (members.regionCode !== undefined && members.regionCode !== clue.regionCode)
    requireRegion(members.regionCode, '/regionCode');
  const content: ClueContent = { ...clue.content, ...(members as Partial<ClueContent>) };
  if ('linkedCase' in given) content.linkedCase = toLinkedCase(linkedCase ?? null);
  if (subjects) content.subjects = requireSubjects(subjects, tx.ctx.today);
  checkMembers(tx, content);
  return content;
}

async function saveContent(
  tx: Tx,
  clue: Clue,
  content: ClueContent,
  state: Clue['state'],
  fact: string,
): Promise<Clue> {
  const changed = contentDifferences(clue.content, content);
  const replaced = changed.some((pointer) => pointer.startsWith('/subjects'));
  const subjects = replaced ? await registerSubjects(tx, clue.id, content) : undefined;
  const narrativeSealed =
    changed.includes('/facts') || changed.includes('/hardship')
      ? await sealNarrative(tx, clue.id, content)
      : clue.narrativeSealed;
  const change = {
    ...contentColumns(content),
    ...(changed.length > 0 ? { contentAt: tx.ctx.now, contentRecordedAt: tx.ctx.systemNow } : {}),
    state,
    narrativeSealed,
    linkedKey: linkedCaseKey(content.linkedCase),
    missing: missingForAcceptance(content),
    greenChannel: clue.greenChannel || content.urgency === 'emergency_medical',
  };
  const target = content.regionCode === clue.regionCode ? undefined : await receiverOf(tx, content.regionCode);
  const moved =
    target && target.id !== clue.receivingAgencyId
      ? { receivingAgencyId: target.id, ...(await handOver(tx, clue, target.id, '来源单位更正了所属区域。')) }
      : undefined;
  const answered = state === 'submitted' && clue.outcome.asked?.length ? { asked: [] } : undefined;
  const receiving = moved ? { receivingAgencyId: moved.receivingAgencyId } : {};
  const saved = await saveClue(tx, clue, { ...change, ...receiving }, answered);
  const subjectRows = subjects ? await writeSubjects(tx, clue.id, subjects, clue.subjectRows) : clue.subjectRows;
  tx.record({ type: fact, kind: 'clue', id: clue.id, changed });
  if (!moved) return { ...saved, content, subjectRows };
  const { routings, receivingAgencyId, ...sight } = moved;
  const data = { fromAgencyId: clue.receivingAgencyId, toAgencyId: receivingAgencyId };
  tx.record({ type: 'clue.rerouted', kind: 'clue', id: clue.id, changed: ['receivingAgencyId'], data, ...sight });
  return { ...saved, content, subjectRows, routings };
}

type Edit = Omit<Change, 'linkedCase'> & { linkedCase?: LinkedCaseChange | null | undefined };

/** A patch of a clue without a proceeding must give a whole one. */
function mergedCase(clue: Clue, change: LinkedCaseChange): LinkedCase {
  const { type, number = null, handlingOrgan } = mergeLinkedCase(clue.content.linkedCase, change);
  if (type && handlingOrgan) return { type, number, handlingOrgan };
  const absent = [...(type ? [] : ['type']), ...(handlingOrgan ? [] : ['handlingOrgan'])];
  const detail: Detail = [
    '线索尚无关联案件，须给出 type 与 handlingOrgan',
    'the clue has no linked case yet: give its type and handlingOrgan',
  ];
  const errors = absent.map((name) => ({ pointer: `/linkedCase/${name}`, code: 'linked_case.incomplete', detail }));
  throw httpProblems['request.rule_violated']({}, errors);
}

/** PATCH: descriptive members while the clue is with its source or not yet taken. */
export async function editClue(tx: Tx, id: string, change: Edit, expected: ExpectedVersion): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'edit', clue, tx.ctx.actor);
  const { linkedCase, ...members } = change;
  const linked = linkedCase ? { linkedCase: mergedCase(clue, linkedCase) } : { linkedCase };
  const content = mergeContent(tx, clue, { ...members, ...linked });
  if (contentDifferences(clue.content, content).length === 0) {
    tx.unchanged();
    return clue;
  }
  return saveContent(tx, clue, content, clue.state, 'clue.edited');
}

export async function supplementClue(tx: Tx, id: string, change: Change, expected: ExpectedVersion): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'supplement', clue, tx.ctx.actor);
  const content = mergeContent(tx, clue, change);
  return saveContent(tx, clue, content, clueMachine.next(clue.state, 'supplement'), 'clue.supplemented');
}

export type Upserted = { clue: Clue; created: boolean };

/** Same content: nothing happens; other content: a new version while the clue is open, else 409 with the pointers. */
export async function upsertClue(tx: Tx, externalId: string, input: ClueInput, createOnly: boolean): Promise<Upserted> {
  const clue = await lockByExternalId(tx, externalId);
  if (!clue) return { clue: await submitClue(tx, input, externalId), created: true };
  if (createOnly) throw clueProblems['clue.exists']();
  const content = toContent(tx, input);
  const pointers = contentDifferences(clue.content, content);
  if (pointers.length === 0) {
    tx.unchanged();
    return { clue, created: false };
  }
  if (!clueMachine.can(clue.state, 'supplement')) throw clueProblems['clue.content_locked']({ pointers });
  if (content.regionCode !== clue.regionCode) requireRegion(content.regionCode, '/regionCode');
  return {
    clue: await saveContent(tx, clue, content, clueMachine.next(clue.state, 'supplement'), 'clue.supplemented'),
    created: false,
  };
}
