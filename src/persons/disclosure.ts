// Looking up and disclosing persons: each is a read that leaves an audit record, whatever it found (P-06, P-07).
import { actionProblems } from '../kernel/action.ts';
import { normaliseIdNumber, parseCitizenId } from '../kernel/citizen-id.ts';
import { defineProblems } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import type { EnumValue } from '../reference/enums.ts';
import type { IdType } from './domain.ts';
import { personProblems } from './lifecycle.ts';
import { isOwn } from './merge.ts';
import { disputedFields, findByIdentity, findPerson, openPerson, sealPurpose } from './repository.ts';
import { isKeptFrom } from './safe-contact.ts';
import { isCode } from './service.ts';

export type Lookup = { idType: Exclude<IdType, 'none'>; idNumber: string };
export const DISCLOSURE_FIELDS = ['name', 'birthDate', 'idNumber'] as const;
export type DisclosureField = (typeof DISCLOSURE_FIELDS)[number];
export type DisclosureRequest = {
  purpose: string;
  legalBasis: EnumValue<'legal-bases'>;
  fields: DisclosureField[];
};
export type Disclosure = { personId: string } & { [F in DisclosureField]?: string | null };

const problems = defineProblems({
  'person.identity_disputed': {
    status: 409,
    zh: [
      '身份信息存在分歧',
      '本机关报送的内容与已登记的身份信息不一致，或未载明：{pointers}',
      '待身份信息核实后再查看，其余字段可先查看',
    ],
    en: [
      'Identity is disputed',
      'what your agency submitted contradicts the recorded identity, or leaves it open, at {pointers}',
      'wait until the review is settled; the other fields can be disclosed now',
    ],
  },
});

/**
 * Ids of the persons with that document whom the caller's agency may see. A search that finds nothing has no person to
 * be recorded under: the record then has an id of its own, so that searching at random still shows.
 */
export async function lookUpPersons(tx: Tx, lookup: Lookup): Promise<string[]> {
  const idNumber = normaliseIdNumber(lookup.idNumber);
  const parsed = lookup.idType === 'citizen_id' ? parseCitizenId(idNumber, tx.ctx.today) : undefined;
  if (parsed?.ok === false) {
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/idNumber',
        code: `id_number.${parsed.reason}`,
        detail: ['不是有效的居民身份证号码（GB 11643）', 'not a valid citizen identity number (GB 11643)'],
      },
    ]);
  }
  const person = await findByIdentity(tx, lookup.idType, idNumber);
  const kept = person !== undefined && (await isKeptFrom(tx, person.id));
  const data = { found: person !== undefined, idType: lookup.idType, ...(kept ? { kept } : {}) };
  tx.viewed(person?.id ?? tx.newId(), [], 'person.lookup', { type: 'person.looked_up', data });
  if (!person || kept) return [];
  // Who was merged is the survivor, for those who see the survivor.
  const survivor = person.mergedIntoId ? await findPerson(tx, person.mergedIntoId) : undefined;
  return [survivor?.id ?? person.id];
}

/**
 * The fields asked for in clear, once, by an agency that handles the person: whoever sees it from above, or did so once, keeps
 * the mask, whatever other roles the officer has. The audit record is kept in clear: it gets the purpose as a code; words of the
 * caller's own count as `other` and are kept sealed beside it.
 */
export async function disclosePerson(tx: Tx, id: string, request: DisclosureRequest): Promise<Disclosure | undefined> {
  if (!tx.ctx.actor.officer) throw actionProblems['actor.officer_required']();
  const person = await findPerson(tx, id);
  if (!person || (await isKeptFrom(tx, id))) return undefined;
  if (!(await isOwn(tx, id))) throw personProblems['person.not_handled']();
  const disputed = await disputedFields(tx, id);
  const pointers = request.fields.map((field) => `/${field}`).filter((pointer) => disputed.has(pointer));
  if (pointers.length > 0) throw problems['person.identity_disputed']({ pointers });
  const clear = await openPerson(tx, person);
  const coded = isCode('disclosure-purposes', request.purpose, tx.ctx.today);
  const words: Record<string, string> = coded ? {} : { purposeSealed: await sealPurpose(tx, id, request.purpose) };
  const data = { legalBasis: request.legalBasis, ...words };
  tx.viewed(id, request.fields, coded ? request.purpose : 'other', { type: 'person.disclosed', data });
  return { personId: id, ...Object.fromEntries(request.fields.map((field) => [field, clear[field]])) };
}
