// What stands sealed on a case: narrative under the case's key, people under their own (trust: one key per person).
import type { Subject } from '../persons/domain.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { CaseNarrative, CaseProposal } from './domain.ts';
import type { AssistanceCase, Beneficiary, CaseRow } from './repository.ts';

type CaseColumn = 'narrative' | 'proposal' | 'new_facts' | 'ending' | 'revocation' | 'advice' | 'typical' | 'sealing';
/** A decision to seal or unseal, with its words. */
export type Sealing = {
  act: 'sealed' | 'unsealed';
  on: string;
  officerId: string;
  basis: string | null;
  reason: string;
};
type Identity = Pick<Subject, 'name' | 'birthDate' | 'idNumber' | 'phone' | 'address' | 'guardian'>;

const caseText = (column: CaseColumn, rowId: string) => ({ table: 'assistance_cases', column, rowId });
const opinionOf = (rowId: string) => ({ table: 'case_decisions', column: 'opinion', rowId });
const toldOf = (rowId: string) => ({ table: 'case_decisions', column: 'told', rowId });
const requestText = (column: 'request' | 'receipt', rowId: string) => ({
  table: 'case_document_requests',
  column,
  rowId,
});
const submitted = (rowId: string) => ({ table: 'case_beneficiaries', column: 'submitted', rowId });

export async function sealCaseText(
  tx: Tx,
  caseId: string,
  column: CaseColumn,
  value: CaseNarrative | CaseProposal | readonly Sealing[] | string,
): Promise<Buffer> {
  const key = await tx.vault.keyFor('case', caseId);
  return tx.vault.seal(key, caseText(column, caseId), JSON.stringify(value));
}

export async function sealOpinion(tx: Tx, caseId: string, decisionId: string, opinion: string): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('case', caseId), opinionOf(decisionId), opinion);
}

/** How the applicant was told of the decision, where it takes a word. */
export async function sealTold(tx: Tx, caseId: string, decisionId: string, note: string): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('case', caseId), toldOf(decisionId), note);
}

export type DocumentRequest = { items: string[]; reason: string };
export type DocumentReceipt = { items: string[] | null; note: string | null };

export async function sealRequest(
  tx: Tx,
  caseId: string,
  requestId: string,
  column: 'request' | 'receipt',
  value: DocumentRequest | DocumentReceipt,
): Promise<Buffer> {
  const key = await tx.vault.keyFor('case', caseId);
  return tx.vault.seal(key, requestText(column, requestId), JSON.stringify(value));
}

/** The case's own copy of what was submitted about a person, under the person's key. */
export async function sealSubject(tx: Tx, beneficiaryId: string, personId: string, subject: Identity): Promise<Buffer> {
  const { name, birthDate, idNumber, phone, address, guardian } = subject;
  const key = await tx.vault.keyFor('person', personId);
  const text = JSON.stringify({ name, birthDate, idNumber, phone, address, guardian });
  return tx.vault.seal(key, submitted(beneficiaryId), text);
}

const NOBODY: Identity = { name: null, birthDate: null, idNumber: null, phone: null, address: null, guardian: null };

export async function openSubjects(tx: Tx, beneficiaries: readonly Beneficiary[]): Promise<Subject[]> {
  const texts = await tx.vault.open(beneficiaries.map((b) => ({ place: submitted(b.id), data: b.submittedSealed })));
  return beneficiaries.map((b, i) => toSubject(b, texts[i] ? (JSON.parse(texts[i]) as Identity) : NOBODY));
}

/** The subject without anything sealed, for readers who see masks only. */
export function maskedOnly(b: Beneficiary): Subject {
  return toSubject(b, NOBODY);
}

function toSubject(b: Beneficiary, identity: Identity): Subject {
  const { sex, householdRegionCode, categories, relation } = b;
  const idType = b.idType as Subject['idType'];
  return { ...identity, sex, idType, householdRegionCode, categories, relationToCase: relation };
}

type RequestTexts = {
  /** One for each document request, in their order. */
  requests: (DocumentRequest | null)[];
  receipts: (DocumentReceipt | null)[];
};

export type CaseTexts = RequestTexts & {
  narrative: CaseNarrative | null;
  proposal: CaseProposal | null;
  newFacts: string | null;
  ending: string | null;
  revocation: string | null;
  typicalTitle: string | null;
  /** One for each decision, in their order: the opinion, and the note on how the applicant was told. */
  opinions: (string | null)[];
  tolds: (string | null)[];
};

const parsed = <T>(text: string | null | undefined): T | null => (text ? (JSON.parse(text) as T) : null);

export async function openNarrative(tx: Tx, c: AssistanceCase): Promise<CaseNarrative> {
  const [text] = await tx.vault.open([{ place: caseText('narrative', c.id), data: c.narrativeSealed }]);
  return parsed<CaseNarrative>(text) ?? { facts: '', hardship: null, acceptanceOpinion: null };
}

const requestPlaces = (c: AssistanceCase) => [
  ...c.documentRequests.map((r) => ({ place: requestText('request', r.id), data: r.requestSealed })),
  ...c.documentRequests.map((r) => ({ place: requestText('receipt', r.id), data: r.receiptSealed })),
];

function toRequests(c: AssistanceCase, texts: readonly (string | null)[]): RequestTexts {
  const n = c.documentRequests.length;
  return {
    requests: texts.slice(0, n).map((t) => parsed<DocumentRequest>(t)),
    receipts: texts.slice(n).map((t) => parsed<DocumentReceipt>(t)),
  };
}

/** What was asked for, and what came of it. */
export async function openRequests(tx: Tx, c: AssistanceCase): Promise<RequestTexts> {
  return toRequests(c, await tx.vault.open(requestPlaces(c)));
}

/** Every sealing and unsealing, oldest first. */
export async function openSealings(tx: Tx, c: CaseRow): Promise<Sealing[]> {
  const [text] = await tx.vault.open([{ place: caseText('sealing', c.id), data: c.sealingSealed }]);
  return parsed<Sealing[]>(text) ?? [];
}

/** What the closure asks the Federation to look after. */
export async function openAdvice(tx: Tx, c: CaseRow): Promise<string | null> {
  const [text] = await tx.vault.open([{ place: caseText('advice', c.id), data: c.adviceSealed }]);
  return parsed<string>(text);
}

/** Every text of the case with one look at the key. */
export async function openTexts(tx: Tx, c: AssistanceCase): Promise<CaseTexts> {
  const [narrative, proposal, newFacts, ending, revocation, typical, ...rest] = await tx.vault.open([
    { place: caseText('narrative', c.id), data: c.narrativeSealed },
    { place: caseText('proposal', c.id), data: c.proposalSealed },
    { place: caseText('new_facts', c.id), data: c.newFactsSealed },
    { place: caseText('ending', c.id), data: c.endingSealed },
    { place: caseText('revocation', c.id), data: c.revocationSealed },
    { place: caseText('typical', c.id), data: c.typicalSealed },
    ...c.decisions.map((d) => ({ place: opinionOf(d.id), data: d.opinionSealed })),
    ...c.decisions.map((d) => ({ place: toldOf(d.id), data: d.toldSealed })),
    ...requestPlaces(c),
  ]);
  const n = c.decisions.length;
  return {
    narrative: parsed(narrative),
    proposal: parsed(proposal),
    newFacts: parsed(newFacts),
    ending: parsed(ending),
    revocation: parsed(revocation),
    typicalTitle: parsed(typical),
    opinions: rest.slice(0, n),
    tolds: rest.slice(n, 2 * n),
    ...toRequests(c, rest.slice(2 * n)),
  };
}
