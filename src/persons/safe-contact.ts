// Setting a safe-contact rule, and telling whoever opens a record how its people may be reached; for whom it is meant there is nothing.
import type { Static } from 'typebox';
import { may, SYSTEM_SCOPE } from '../kernel/actor.ts';
import { normaliseIdNumber } from '../kernel/citizen-id.ts';
import type { FieldError } from '../kernel/problem.ts';
import { relationTo } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { conditionalProblems, type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { personProblems } from './lifecycle.ts';
import { actingOfficer } from './merge.ts';
import { isHandled, lockPersons } from './merge-repository.ts';
import {
  type BlockedPerson,
  CHANNEL_OF_MODE,
  type ContactMode,
  coverContact,
  isInForce,
  isWholeDayForbidden,
  ruleErrors,
  type SafeContactText,
  safeContactProblems,
} from './safe-contact-domain.ts';
import {
  type ContactKind,
  type ContactRule,
  type FoundRule,
  findOfficers,
  findSafeContact,
  openRules,
  type SafeContact,
  safeContactsOn,
  saveSafeContact,
} from './safe-contact-repository.ts';
import { instructionsOf, type SafeContactNotice } from './safe-contact-schema.ts';

export { contactsNested, type FoundRule } from './safe-contact-repository.ts';

const nameOf = (name: string) => name.trim().normalize('NFC');

/** Keyed digests of an officer: as the human being, and by name. */
const keyDigest = (tx: Tx, personKey: string) =>
  tx.vault.index('id_number', `blocked|key|${personKey}`).toString('hex');
const nameDigest = (tx: Tx, name: string) =>
  tx.vault.index('id_number', `blocked|name|${nameOf(name)}`).toString('hex');

/** An officer as the rules know whom they keep away: as the human being, and by name. */
export const blockedDigestsOf = (tx: Tx, officer: { personKey: string; name: string }): string[] => [
  keyDigest(tx, officer.personKey),
  nameDigest(tx, officer.name),
];

/** Those who keep the rule: the handling team of an open case, and the owners of the person's account. */
export async function keepsSafeContact(tx: Tx, personId: string): Promise<boolean> {
  if (!may(tx.ctx.actor, 'person:safe_contact')) return false;
  return (await isHandled(tx, personId)) || (await relationTo(tx, 'person', personId)) === 'owner';
}

/** Of the agency that set the rule: they know where the person is. */
export const isSettingTeam = (tx: Tx, rule: { agencyId: string }): boolean =>
  rule.agencyId === tx.ctx.actor.agency.id && may(tx.ctx.actor, 'person:safe_contact');

/** Whether the caller is somebody from whom the person is hidden: that officer, or one of that name where no officer was meant. */
export function isBlocked(
  tx: Tx,
  rules: readonly { blocked: readonly string[]; validUntil: string | null }[],
): boolean {
  const { officer } = tx.ctx.actor;
  const strict = rules.filter((rule) => rule.blocked.length > 0 && isInForce(rule, tx.ctx.today));
  if (!officer || strict.length === 0) return false;
  const mine = blockedDigestsOf(tx, officer);
  return strict.some(({ blocked }) => mine.some((digest) => blocked.includes(digest)));
}

/** Rules in force on a record; for whom the person is hidden, the record is not there. */
export async function contactRules(tx: Tx, kind: ContactKind, id: string): Promise<ContactRule[]> {
  return inForce(tx, await safeContactsOn(tx, kind, id));
}

/** The same of rules that came with the record. */
export const foundContactRules = async (tx: Tx, rules: readonly FoundRule[]): Promise<ContactRule[]> =>
  rules.length === 0 ? [] : inForce(tx, await openRules(tx, rules));

function inForce(tx: Tx, rules: ContactRule[]): ContactRule[] {
  if (rules.length === 0) return [];
  // What arises by itself is nobody's view.
  if (tx.ctx.scope !== SYSTEM_SCOPE && isBlocked(tx, rules)) throw httpProblems['resource.not_found']();
  return rules.filter((rule) => isInForce(rule, tx.ctx.today));
}

/** Whether the person is hidden from the caller. */
export async function isKeptFrom(tx: Tx, personId: string): Promise<boolean> {
  return isBlocked(tx, await safeContactsOn(tx, 'person', personId));
}

/** Where a clue was only submitted its source is told that and how not to call, but no way in which to reach the person. */
function toNotice(tx: Tx, kind: ContactKind, rule: ContactRule): Static<typeof SafeContactNotice> {
  const { forbiddenChannels, forbiddenHours, safeChannels, hiddenAddress } = rule.text;
  const stranger = rule.relation === 'oversight' || (kind === 'clue' && rule.relation === 'source');
  const told = !stranger || isSettingTeam(tx, rule);
  tx.viewed(rule.personId, told && safeChannels ? ['safeContact', 'safeChannels'] : ['safeContact'], 'safe_contact');
  const text = { forbiddenChannels, forbiddenHours, hiddenAddress, safeChannels: told ? safeChannels : null };
  return {
    instructions: instructionsOf(text, tx.ctx.language),
    personId: kind === 'clue' ? null : rule.personId,
    memberId: rule.memberId,
    ...text,
    reviewOn: rule.reviewOn,
    validUntil: rule.validUntil,
  };
}

/** The first member of a view: null where nobody on the record is endangered. */
export function toSafeContact(tx: Tx, kind: ContactKind, rules: readonly ContactRule[]) {
  return rules.length === 0 ? null : { persons: rules.map((rule) => toNotice(tx, kind, rule)) };
}

export async function safeContactOf(tx: Tx, kind: ContactKind, id: string) {
  return toSafeContact(tx, kind, await contactRules(tx, kind, id));
}

type Hideable = { phone: string | null; address: string | null };

/** Takes address and phone out of what is shown of hidden people, but for those who hid them. */
export function coverHidden<P extends Hideable>(
  tx: Tx,
  rules: readonly ContactRule[],
  people: readonly P[],
  idOf: (person: P) => string,
): P[] {
  const hidden = new Set(
    rules
      .filter((rule) => rule.text.hiddenAddress && !isSettingTeam(tx, rule))
      .flatMap((r) => [r.memberId, r.personId]),
  );
  return people.map((person) => (hidden.has(idOf(person)) ? coverContact(person) : person));
}

export type VisitContact = {
  assistanceCaseId: string | null;
  monitoringAccountId: string | null;
  personIds: readonly string[];
  mode: ContactMode;
  plannedOn: string;
  chosen?: boolean;
};

/** From the least conspicuous on: who is in danger at home is asked to come. */
const OTHER_MODES: readonly ContactMode[] = ['office', 'phone', 'video', 'home'];

/**
 * The mode in which the people of a visit can be met: the one given, or, for a visit that arises by itself, another one that no
 * rule forbids. What somebody chose against a rule is a 409.
 */
export async function safeVisit(tx: Tx, visit: VisitContact): Promise<ContactMode> {
  const { monitoringAccountId, assistanceCaseId, mode, plannedOn } = visit;
  const origin = monitoringAccountId ?? assistanceCaseId;
  const all = origin ? await contactRules(tx, monitoringAccountId ? 'account' : 'case', origin) : [];
  const rules = all.filter((rule) => visit.personIds.includes(rule.personId)).map((rule) => rule.text);
  if (rules.length === 0) return mode;
  const isFree = (wanted: ContactMode) => !rules.some((r) => r.forbiddenChannels.includes(CHANNEL_OF_MODE[wanted]));
  if (!visit.chosen) return [mode, ...OTHER_MODES].find(isFree) ?? 'office';
  if (!isFree(mode)) throw safeContactProblems['visit.forbidden_channel']({ channels: [CHANNEL_OF_MODE[mode]] });
  if (rules.some((rule) => isWholeDayForbidden(rule.forbiddenHours, plannedOn)))
    throw safeContactProblems['visit.forbidden_hours']({ day: plannedOn });
  return mode;
}

export type SafeContactInput = SafeContactText & { reviewOn: string; validUntil: string | null };

/** Digests of whom it is kept from; who sets it must not shut himself out. */
async function blockedDigests(tx: Tx, blocked: readonly BlockedPerson[]): Promise<string[]> {
  const officers = await findOfficers(
    tx,
    blocked.flatMap((b) => b.officerId ?? []),
  );
  const errors: FieldError[] = [];
  const me = actingOfficer(tx);
  const digests = blocked.flatMap(({ name, officerId }, i) => {
    const officer = officerId ? officers.get(officerId.toLowerCase()) : undefined;
    if (officerId && !officer)
      errors.push({ pointer: `/blockedPersons/${i}/officerId`, code: 'officer.unknown', detail: officerId });
    if (officer ? officer.personKey === me.personKey : !officerId && nameOf(name) === nameOf(me.name))
      errors.push({
        pointer: `/blockedPersons/${i}`,
        code: 'blocked.self',
        detail: [
          '与本人同名；若指另一名人员，请给出其 officerId',
          'that is your own name; give the officerId where an officer of that name is meant',
        ],
      });
    return officerId ? (officer ? [keyDigest(tx, officer.personKey)] : []) : [nameDigest(tx, name)];
  });
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  return [...new Set(digests)].sort();
}

function ensureExpected(rule: SafeContact | undefined, expected: ExpectedVersion, createOnly: boolean): void {
  if (createOnly && rule) throw safeContactProblems['safe_contact.exists']();
  if (!createOnly && expected === undefined) throw conditionalProblems['precondition.required']();
  if (rule && !createOnly) ensureVersion(rule, expected);
  // What is not there has no version that anybody has seen.
  if (!rule && !createOnly) throw conditionalProblems['precondition.failed']({ currentVersion: 0 });
}

/** The whole rule anew. No event names it, and its fact tells nothing but that there is one. */
export async function setSafeContact(
  tx: Tx,
  personId: string,
  input: SafeContactInput,
  { expected, createOnly }: { expected: ExpectedVersion; createOnly: boolean },
): Promise<{ rule: SafeContact; created: boolean }> {
  const officer = actingOfficer(tx);
  if (!(await lockPersons(tx, [personId])).has(personId)) throw httpProblems['resource.not_found']();
  const { today, now, actor } = tx.ctx;
  const rule = await findSafeContact(tx, personId, true);
  if (rule && isBlocked(tx, [rule])) throw httpProblems['resource.not_found']();
  ensureExpected(rule, expected, createOnly);
  if (!(await keepsSafeContact(tx, personId))) throw personProblems['person.not_handled']();
  if (rule && rule.agencyId !== actor.agency.id && isInForce(rule, today))
    throw safeContactProblems['safe_contact.kept_elsewhere']();
  const errors = ruleErrors(input, today);
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const { reviewOn, validUntil, ...text } = input;
  const blockedPersons = text.blockedPersons.map((b) => ({
    name: nameOf(b.name),
    relation: b.relation ?? null,
    idNumber: b.idNumber ? normaliseIdNumber(b.idNumber) : null,
    officerId: b.officerId?.toLowerCase() ?? null,
  }));
  const row = {
    personId,
    agencyId: actor.agency.id,
    setBy: officer.id,
    setByPersonKey: officer.personKey,
    blocked: await blockedDigests(tx, blockedPersons),
    reviewOn,
    validUntil,
    version: (rule?.version ?? 0) + 1,
    createdAt: rule?.createdAt ?? now,
    updatedAt: now,
  };
  const saved = await saveSafeContact(tx, row, { ...text, blockedPersons });
  tx.record({ type: 'person.safe_contact_set', kind: 'person', id: personId, changed: ['safeContact'] });
  return { rule: saved, created: rule === undefined };
}

/** The rule for whoever sees the person; 404 where there is none, and for whom it is kept from. */
export async function readSafeContact(tx: Tx, personId: string): Promise<SafeContact | undefined> {
  const rule = await findSafeContact(tx, personId);
  return rule && !isBlocked(tx, [rule]) ? rule : undefined;
}
