// What stands sealed on a case: narrative under the case's key, people under their own (trust: one key per person).
import type { Subject } from '../persons/domain.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { CaseNarrative, CaseProposal } from './domain.ts';
import type { AssistanceCase, Beneficiary, CaseRow } from './repository.ts';

type CaseColumn = 'narrative' | 'proposal' | 'new_facts' | 'ending' | 'revocation' | 'advice';
type Identity = Pick<Subject, 'name' | 'birthDate' | 'idNumber' | 'phone' | 'address' | 'guardian'>;

const caseText = (column: CaseColumn, rowId: string) => ({ table: 'assistance_cases', column, rowId });
const opinionOf = (rowId: string) => ({ table: 'case_decisions', column: 'opinion', rowId });
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
  value: CaseNarrative | CaseProposal | string,
): Promise<Buffer> {
  const key = await tx.vault.keyFor('case', caseId);
  return tx.vault.seal(key, caseText(column, caseId), JSON.stringify(value));
}

export async function sealOpinion(tx: Tx, caseId: string, decisionId: string, opinion: string): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('case', caseId), opinionOf(decisionId), opinion);
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

export type CaseTexts = {
  narrative: CaseNarrative | null;
  proposal: CaseProposal | null;
  newFacts: string | null;
  ending: string | null;
  revocation: string | null;
  /** One for each decision and each document request, in their order. */
  opinions: (string | null)[];
  requests: (DocumentRequest | null)[];
  receipts: (DocumentReceipt | null)[];
};

const parsed = <T>(text: string | null | undefined): T | null => (text ? (JSON.parse(text) as T) : null);

export async function openNarrative(tx: Tx, c: AssistanceCase): Promise<CaseNarrative> {
  const [text] = await tx.vault.open([{ place: caseText('narrative', c.id), data: c.narrativeSealed }]);
  return parsed<CaseNarrative>(text) ?? { facts: '', hardship: null, acceptanceOpinion: null };
}

/** What the closure asks the Federation to look after. */
export async function openAdvice(tx: Tx, c: CaseRow): Promise<string | null> {
  const [text] = await tx.vault.open([{ place: caseText('advice', c.id), data: c.adviceSealed }]);
  return parsed<string>(text);
}

/** Every text of the case with one look at the key. */
export async function openTexts(tx: Tx, c: AssistanceCase): Promise<CaseTexts> {
  const texts = await tx.vault.open([
    { place: caseText('narrative', c.id), data: c.narrativeSealed },
    { place: caseText('proposal', c.id), data: c.proposalSealed },
    { place: caseText('new_facts', c.id), data: c.newFactsSealed },
    { place: caseText('ending', c.id), data: c.endingSealed },
    { place: caseText('revocation', c.id), data: c.revocationSealed },
    ...c.decisions.map((d) => ({ place: opinionOf(d.id), data: d.opinionSealed })),
    ...c.documentRequests.map((r) => ({ place: requestText('request', r.id), data: r.requestSealed })),
    ...c.documentRequests.map((r) => ({ place: requestText('receipt', r.id), data: r.receiptSealed })),
  ]);
  const afterOpinions = 5 + c.decisions.length;
  const afterRequests = afterOpinions + c.documentRequests.length;
  return {
    narrative: parsed(texts[0]),
    proposal: parsed(texts[1]),
    newFacts: parsed(texts[2]),
    ending: parsed(texts[3]),
    revocation: parsed(texts[4]),
    opinions: texts.slice(5, afterOpinions),
    requests: texts.slice(afterOpinions, afterRequests).map((t) => parsed<DocumentRequest>(t)),
    receipts: texts.slice(afterRequests).map((t) => parsed<DocumentReceipt>(t)),
  };
}
