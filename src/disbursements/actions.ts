// Who may do what with a disbursement: planned, authorised and paid by three different people (domain §8).
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, may, samePerson } from '../kernel/actor.ts';
import type { Problem } from '../kernel/problem.ts';
import { type DisbursementFacts, type DisbursementVerb, disbursementProblems } from './domain.ts';

const { 'decision.four_eyes': fourEyes } = actionProblems;
const notCompetent = (who: string, whoEn: string) => disbursementProblems['disbursement.not_competent']({ who, whoEn });

const own = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  line.agencyId === actor.agency.id ? undefined : notCompetent('承办检察院', 'handling procuratorate');

/** Whose finance pays. */
const payerOf = (line: DisbursementFacts): string => line.shareAgencyId ?? line.agencyId;

const paying = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  payerOf(line) === actor.agency.id ? undefined : notCompetent('出资检察院', 'procuratorate whose money it is');

const running = (line: DisbursementFacts): Problem | undefined =>
  line.caseEnded ? disbursementProblems['disbursement.case_ended']() : undefined;

const notPlanner = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  samePerson(actor, line.plannedByPersonKey)
    ? fourEyes({ who: '发放计划与审批', whoEn: 'planner and authoriser' })
    : undefined;

/** Who planned or authorised a line neither sends it to the bank nor says what became of it. */
const payer = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  samePerson(actor, line.plannedByPersonKey) || samePerson(actor, line.authorisedByPersonKey)
    ? fourEyes({ who: '发放计划、审批与支付', whoEn: 'planner, authoriser and payer' })
    : undefined;

const treasuryOrPayer = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  line.treasuryAgencyId === actor.agency.id ? undefined : paying(line, actor);

/** The chief orders; in a recovery that runs, finance records what came back, and is another person. */
const recovery = (line: DisbursementFacts, actor: Actor): Problem | undefined => {
  if (line.state !== 'recovering') return own(line, actor) ?? chief(actor);
  const wrong = paying(line, actor);
  if (wrong) return wrong;
  if (!may(actor, 'disbursement:settle')) return notCompetent('财务人员', 'finance officer');
  const same = samePerson(actor, line.recoveryOrderedByPersonKey);
  return same ? fourEyes({ who: '追回决定与追回入账', whoEn: 'who orders and who records a recovery' }) : undefined;
};

const chief = (actor: Actor): Problem | undefined =>
  may(actor, 'disbursement:authorise') ? undefined : notCompetent('检察长', 'chief procurator');

/** Who ordered the recovery does not propose to give it up; the chief who approves is another person than who proposed. */
export const proposesWriteOff = (line: DisbursementFacts, actor: Actor): boolean =>
  line.writeOffProposedByPersonKey === null || chief(actor) !== undefined;

const writeOff = (line: DisbursementFacts, actor: Actor): Problem | undefined => {
  const wrong = own(line, actor);
  if (wrong) return wrong;
  if (proposesWriteOff(line, actor))
    return samePerson(actor, line.recoveryOrderedByPersonKey)
      ? fourEyes({ who: '追回决定与核销申请', whoEn: 'who orders a recovery and who proposes its write-off' })
      : undefined;
  return samePerson(actor, line.writeOffProposedByPersonKey)
    ? fourEyes({ who: '核销申请与批准', whoEn: 'who proposes and who approves a write-off' })
    : undefined;
};

const custodial = (line: DisbursementFacts): Problem | undefined =>
  line.kind === 'custody' ? undefined : disbursementProblems['disbursement.not_custodial']();

const notRequester = (line: DisbursementFacts, actor: Actor): Problem | undefined => {
  if (line.awaitedReleaseByPersonKey === null) return disbursementProblems['custody.none_asked']();
  return samePerson(actor, line.awaitedReleaseByPersonKey)
    ? fourEyes({ who: '申请与批准', whoEn: 'who asks for a release and who approves it' })
    : undefined;
};

/** The treasury or bank has the application, whatever became of it. */
const asked = (line: DisbursementFacts): boolean =>
  line.state === 'submitted' || line.state === 'unknown' || line.state === 'settled';

export const disbursementActions = {
  authorisation: {
    verbs: ['authorise'],
    awaited: true,
    permission: 'disbursement:authorise',
    label: ['审批支付', 'Authorise'],
    path: 'authorisation',
    officer: true,
    decisive: true,
    guard: (line, actor) => own(line, actor) ?? running(line) ?? notPlanner(line, actor),
  },
  submission: {
    verbs: ['submit'],
    awaited: true,
    permission: 'disbursement:settle',
    label: ['提交支付', 'Submit for payment'],
    path: 'submission',
    officer: true,
    decisive: true,
    guard: (line, actor) => paying(line, actor) ?? running(line) ?? payer(line, actor),
  },
  appropriation: {
    verbs: ['appropriate'],
    awaited: (line) => line.appropriatedOn === null && asked(line),
    permission: 'disbursement:appropriate',
    label: ['登记拨款', 'Record the appropriation'],
    path: 'appropriation',
    guard: treasuryOrPayer,
  },
  notification: {
    verbs: ['notify'],
    awaited: (line) => line.notifiedOn === null && (line.appropriatedOn !== null || line.state === 'settled'),
    permission: 'disbursement:confirm_receipt',
    label: ['登记告知', 'Record the notification'],
    path: 'notification',
    guard: own,
  },
  settlement: {
    verbs: ['settle'],
    awaited: true,
    permission: 'disbursement:settle',
    label: ['确认支付', 'Settle'],
    path: 'settlement',
    officer: true,
    decisive: true,
    guard: (line, actor) => paying(line, actor) ?? payer(line, actor),
  },
  failure: {
    verbs: ['fail'],
    permission: 'disbursement:settle',
    label: ['登记支付失败', 'Record a failure'],
    path: 'failure',
    officer: true,
    decisive: true,
    guard: (line, actor) => paying(line, actor) ?? payer(line, actor),
  },
  void: {
    verbs: ['void'],
    permission: 'disbursement:void',
    label: ['作废', 'Void'],
    path: 'void',
    officer: true,
    guard: own,
  },
  'receipt-confirmation': {
    verbs: ['confirm-receipt', 'dispute-receipt'],
    awaited: true,
    permission: 'disbursement:confirm_receipt',
    label: ['确认收款', 'Confirm receipt'],
    path: 'receipt-confirmation',
    officer: true,
    guard: own,
  },
  'custody-plan': {
    verbs: ['plan-custody'],
    permission: 'disbursement:plan',
    label: ['登记托管计划', 'Plan the custody'],
    path: 'custody-plan',
    officer: true,
    guard: (line, actor) => own(line, actor) ?? custodial(line),
  },
  releases: {
    verbs: ['request-release'],
    permission: 'disbursement:plan',
    label: ['申请使用托管款', 'Ask for a release'],
    path: 'releases',
    officer: true,
    guard: own,
  },
  'release-approval': {
    verbs: ['release'],
    awaited: (line) => line.awaitedReleaseId !== null,
    permission: 'disbursement:authorise',
    label: ['审批托管款使用', 'Decide on a release'],
    path: 'releases/{awaitedReleaseId}/approval',
    officer: true,
    decisive: true,
    guard: (line, actor) => own(line, actor) ?? notRequester(line, actor),
  },
  recovery: {
    verbs: ['order-recovery', 'recover'],
    awaited: (line) => line.state === 'recovering' || line.recoveryDue,
    permission: 'disbursement:recover',
    label: ['追回', 'Recover'],
    path: 'recovery',
    officer: true,
    decisive: true,
    guard: recovery,
  },
  'write-off': {
    verbs: ['propose-write-off', 'write-off'],
    awaited: (line) => line.writeOffProposedByPersonKey !== null,
    permission: 'disbursement:recover',
    label: ['核销', 'Write off'],
    path: 'write-off',
    officer: true,
    decisive: true,
    guard: writeOff,
  },
} as const satisfies ActionTable<DisbursementFacts, DisbursementVerb>;

/** Finance of the agency whose money it is pays, so it sees whom and where to, while there is something to pay. */
export function seesPayee(line: DisbursementFacts, actor: Actor): boolean {
  const payable = line.state === 'authorised' || line.state === 'submitted';
  return payable && payerOf(line) === actor.agency.id && may(actor, 'disbursement:settle');
}
