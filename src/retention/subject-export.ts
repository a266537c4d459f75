// The copy of everything that is processed about one person, for the person (PIPL art. 45): answered once, audited as a disclosure.
import { requireAgencyMap } from '../agencies/service.ts';
import { actionProblems } from '../kernel/action.ts';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { defineProblems } from '../kernel/problem.ts';
import { personProblems } from '../persons/lifecycle.ts';
import { isOwn } from '../persons/merge.ts';
import { contactRules, isSettingTeam } from '../persons/safe-contact.ts';
import { findPersonById, isCode, purposeInWords } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { EnumValue } from '../reference/enums.ts';
import { agenciesIn, hiddenContact, type Row, thirdPersons, toSections } from './subject-domain.ts';
import { readSubject } from './subject-repository.ts';

export const exportProblems = defineProblems({
  'person.erased': {
    status: 409,
    zh: ['已删除', '该人员的个人信息已删除，无可提供', '无需再办'],
    en: ['Erased', 'the data of this person was erased: there is nothing to hand out', 'nothing is left to do'],
  },
});

export type ExportRequest = { purpose: string; legalBasis: EnumValue<'legal-bases'> };

/** The rule of safe contact is for its makers: the person's own copy tells that there is one, and nothing that betrays a hiding place. */
function withoutHidden(rows: readonly Row[]): Row[] {
  return rows.map((row) => (row.table === 'safe_contact_rules' ? { ...row, texts: {} } : row));
}

/** Six statements, whatever the person's history: the rows of all agencies come in one look, their texts open in another. */
export async function exportSubject(tx: Tx, id: string, request: ExportRequest) {
  const { actor, today, now, language } = tx.ctx;
  if (!actor.officer) throw actionProblems['actor.officer_required']();
  const person = await findPersonById(tx, id);
  if (!person) return undefined;
  const rules = await contactRules(tx, 'person', id);
  if (!(await isOwn(tx, id))) throw personProblems['person.not_handled']();
  if (person.state === 'erased') throw exportProblems['person.erased']();
  const hidden = rules.some((rule) => rule.text.hiddenAddress && !isSettingTeam(tx, rule));
  const team = rules.every((rule) => isSettingTeam(tx, rule));
  const found = await readSubject(tx, id);
  const rows = team ? found : withoutHidden(found);
  const mark = language === 'zh' ? '［保密］' : '[withheld]';
  const agencyOf = await requireAgencyMap(
    tx,
    agenciesIn(rows).filter((agencyId) => agencyId !== SYSTEM_SCOPE),
  );
  const sections = toSections(rows, {
    today,
    agencyName: (agencyId) => (agencyId === SYSTEM_SCOPE ? 'system' : agencyOf(agencyId).name),
    replacements: [...(hidden ? hiddenContact(rows, mark) : []), ...thirdPersons(rows)],
  });
  const coded = isCode('disclosure-purposes', request.purpose, today);
  const words: Record<string, string> = coded ? {} : { purposeSealed: await purposeInWords(tx, id, request.purpose) };
  const data = { legalBasis: request.legalBasis, ...words };
  tx.viewed(id, ['subjectExport'], coded ? request.purpose : 'other', { type: 'person.exported', data });
  const { id: agencyId, code, name } = actor.agency;
  return {
    personId: id,
    generatedAt: now.toISOString(),
    agency: { id: agencyId, code, name },
    purpose: coded ? request.purpose : 'other',
    legalBasis: request.legalBasis,
    withheld: hidden ? ['phone', 'address'] : [],
    sections,
  };
}
