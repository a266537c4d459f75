// Opening a case: from a clue that is accepted, or by the procuratorate itself (contract §3).
import { permissionsOf } from '../agencies/roles.ts';
import { requireColleague } from '../agencies/service.ts';
import { clueActions, clueMachine, clueProblems, type LinkedCase, linkedCaseKey } from '../clues/domain.ts';
import { type Clue, lockClue, markClueAccepted } from '../clues/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { SubjectInput } from '../persons/domain.ts';
import { isCode, requireRegion, requireSubjects } from '../persons/service.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { regionChain } from '../reference/regions.ts';
import { ensureNotAllAided } from './aid.ts';
import { accessOf, enterParties, type Party, registerParties } from './beneficiaries.ts';
import {
  type CaseNarrative,
  caseMachine,
  caseProblems,
  type Initiation,
  NO_SECOND_STEP,
  NOT_TYPICAL,
} from './domain.ts';
import { type AssistanceCase, insertCase } from './repository.ts';
import { sealCaseText } from './sealed.ts';

export type CaseInput = {
  initiation: Initiation;
  regionCode: string;
  linkedCase: { type: LinkedCase['type']; number?: string | null; handlingOrgan: string };
  facts: string;
  hardship?: string | null;
  campaignCode?: string | null;
  greenChannel?: boolean;
  subjects: SubjectInput[];
  override?: { reason: string } | null;
};

type Opening = {
  initiation: Initiation;
  regionCode: string;
  campaignCode: string | null;
  greenChannel: boolean;
  clueId: string | null;
  linkedCase: LinkedCase;
  narrative: CaseNarrative;
  handlerOfficerId: string | null;
};

/** A colleague who may propose; others cannot handle a case. */
export async function requireHandler(tx: Tx, officerId: string): Promise<string> {
  const officer = await requireColleague(tx, officerId, '/handlerOfficerId');
  if (!permissionsOf(officer.roles).has('case:propose'))
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/handlerOfficerId',
        code: 'officer.not_handler',
        detail: ['不是承办人或部门负责人', 'not a handler or head'],
      },
    ]);
  return officer.id;
}

/** The campaign is one of the code set today, or a 422. */
export function requireCampaign(tx: Tx, code: string | null): void {
  if (code && !isCode('campaigns', code, tx.ctx.today))
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/campaignCode', code: 'code.unknown', detail: [`没有专项活动 ${code}`, `no campaign ${code}`] },
    ]);
}

const NOT_YET = {
  round: 0,
  eligibilityCode: null,
  exclusionCodes: [],
  proposalSealed: null,
  proposedBy: null,
  proposedByPersonKey: null,
  proposedAt: null,
  decisionNumber: null,
  decisionOutcome: null,
  decidedOn: null,
  refusedByPersonKey: null,
  reconsidered: false,
  reconsiderationAgencyId: null,
  newFactsSealed: null,
  endingSealed: null,
  revocationSealed: null,
  adviceSealed: null,
  sealedAt: null,
  sealedBasis: null,
  sealedBy: null,
  sealingSealed: null,
  pendingCorrectionId: null,
  pendingCorrectionBy: null,
  openLines: 0,
  ...NO_SECOND_STEP,
  outstandingItems: 0,
  toldOn: null,
  grantedFen: null,
  paidFen: 0n,
  stepPersonKey: null,
  courtCeilingFen: null,
  standardId: null,
  standardRegionCode: null,
  standardYear: null,
  standardSeries: null,
  standardAnnualFen: null,
  standardMonths: null,
  sharesAwaited: [] as string[],
  sharesGivenBy: [] as string[],
  ...NOT_TYPICAL,
};

async function caseRow(tx: Tx, id: string, opening: Opening, beneficiaryCount: number) {
  const { linkedCase, narrative, handlerOfficerId, ...plain } = opening;
  const { agency, officer } = tx.ctx.actor;
  return {
    ...NOT_YET,
    ...plain,
    id,
    number: await allotRecordNumber(tx, 'AC', agency.code),
    state: handlerOfficerId ? caseMachine.next(caseMachine.initial, 'assign') : caseMachine.initial,
    linkedType: linkedCase.type,
    linkedNumber: linkedCase.number,
    linkedOrgan: linkedCase.handlingOrgan,
    linkedKey: linkedCaseKey(linkedCase),
    handlingAgencyId: agency.id,
    handlerOfficerId,
    openedBy: officer?.id ?? null,
    narrativeSealed: await sealCaseText(tx, id, 'narrative', narrative),
    beneficiaryCount,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
}

/** Writes the case, its beneficiaries and who sees both; one or two facts, as an assignment came with it. */
async function writeCase(tx: Tx, id: string, opening: Opening, parties: readonly Party[]): Promise<AssistanceCase> {
  const { agency } = tx.ctx.actor;
  const access = await accessOf(tx, agency.id);
  const row = await caseRow(tx, id, opening, parties.length);
  await insertCase(tx, row);
  const { initiation, regionCode, clueId, greenChannel, campaignCode, handlerOfficerId } = opening;
  const personIds = parties.map((party) => party.personId);
  tx.record({
    type: 'case.opened',
    kind: 'case',
    id,
    data: { initiation, regionCode, clueId, greenChannel, campaignCode, handlingAgencyId: agency.id, personIds },
    access,
  });
  const beneficiaries = await enterParties(tx, { id, count: 0 }, parties, access);
  if (handlerOfficerId)
    tx.record({
      type: 'case.assigned',
      kind: 'case',
      id,
      changed: ['state', 'handlerOfficerId'],
      data: { handlerOfficerId },
    });
  return { ...row, beneficiaries, decisions: [], documentRequests: [] };
}

const personIdsOf = (parties: readonly Party[]) => parties.map((party) => party.personId);

/** A procuratorate takes cases of its own region only. */
function ensureOwnRegion(tx: Tx, regionCode: string): void {
  requireRegion(regionCode, '/regionCode');
  if (!regionChain(regionCode).some((region) => region.code === tx.ctx.actor.agency.regionCode))
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/regionCode', code: 'region.outside', detail: ['不在本单位辖区内', "outside the caller's region"] },
    ]);
}

/** Opens a case without a clue, on application or ex officio; the caller's procuratorate handles it. */
export async function createCase(tx: Tx, input: CaseInput): Promise<AssistanceCase> {
  if (tx.ctx.actor.agency.kind !== 'procuratorate') throw caseProblems['case.not_competent']();
  ensureOwnRegion(tx, input.regionCode);
  requireCampaign(tx, input.campaignCode ?? null);
  const subjects = requireSubjects(input.subjects, tx.ctx.today);
  const id = tx.newId();
  const { type, number, handlingOrgan } = input.linkedCase;
  const aidedReason = input.override?.reason ?? null;
  const opening: Opening = {
    initiation: input.initiation,
    regionCode: input.regionCode,
    campaignCode: input.campaignCode ?? null,
    greenChannel: input.greenChannel ?? false,
    clueId: null,
    linkedCase: { type, number: number ?? null, handlingOrgan },
    narrative: { facts: input.facts, hardship: input.hardship ?? null, acceptanceOpinion: null, aidedReason },
    handlerOfficerId: null,
  };
  const parties = await registerParties(tx, id, subjects);
  await ensureNotAllAided(tx, personIdsOf(parties), linkedCaseKey(opening.linkedCase), aidedReason);
  return writeCase(tx, id, opening, parties);
}

/** The clue's subjects as the case's own; a person whom the source named twice stands once. */
function partiesOf(clue: Clue): Party[] {
  const parties = clue.subjectRows.flatMap((row, i) => {
    const subject = clue.content.subjects[i];
    return subject ? [{ subject, personId: row.personId }] : [];
  });
  return parties.filter((p, i) => parties.findIndex((other) => other.personId === p.personId) === i);
}

/** Accepts a clue and opens its case in one transaction; answers the clue. With a handler the case is at once under review. */
export async function acceptClue(
  tx: Tx,
  clueId: string,
  input: { opinion?: string | null; handlerOfficerId?: string | null; override?: { reason: string } | null },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await lockClue(tx, clueId, expected);
  ensureAction(clueMachine, clueActions, 'acceptance', clue, tx.ctx.actor);
  const { linkedCase, facts, hardship } = clue.content;
  if (!linkedCase) throw clueProblems['clue.incomplete']({ missing: ['/linkedCase'] });
  const aidedReason = input.override?.reason ?? null;
  const handlerOfficerId = input.handlerOfficerId ? await requireHandler(tx, input.handlerOfficerId) : null;
  const opening: Opening = {
    // A person who came by themselves applied; everything found by others is taken up ex officio.
    initiation: clue.source === 'self' ? 'application' : 'ex_officio',
    regionCode: clue.regionCode,
    campaignCode: clue.campaignCode,
    greenChannel: clue.greenChannel,
    clueId: clue.id,
    linkedCase,
    narrative: { facts, hardship, acceptanceOpinion: input.opinion ?? null, aidedReason },
    handlerOfficerId,
  };
  const parties = partiesOf(clue);
  await ensureNotAllAided(tx, personIdsOf(parties), linkedCaseKey(linkedCase), aidedReason);
  const opened = await writeCase(tx, tx.newId(), opening, parties);
  return markClueAccepted(tx, clue, opened.id);
}
