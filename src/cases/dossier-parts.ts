// What higher features contribute to the dossier of a case: each registers a section with its schema; cases never knows them.
import { type TSchema, Type } from 'typebox';
import { may, type Permission } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';

const SECTIONS = ['disbursements', 'referrals', 'visits', 'accounts'] as const;
export type SectionName = (typeof SECTIONS)[number];

type Section = {
  name: SectionName;
  /** Who may not read the kind gets an empty section. */
  read: Permission;
  item: TSchema;
  /** Rows of the case that the caller sees, oldest first, at most `limit`; each as its own view shows it. */
  load: (tx: Tx, caseId: string, limit: number) => Promise<{ id: string }[]>;
};

/** How many rows a section of the dossier holds; what did not fit is named in `truncated`. */
export const SECTION_LIMIT = 200;

const sections = new Map<SectionName, Section>();

/** Declares a section; called once per section, when the feature's module is imported. */
export function onDossier(section: Section): void {
  if (sections.has(section.name)) throw new Error(`the section ${section.name} of the dossier is declared twice`);
  sections.set(section.name, section);
}

/** A section that nobody has declared is a fault, not an empty section. */
const declared = (): Section[] =>
  SECTIONS.map((name) => {
    const section = sections.get(name);
    if (!section) throw new Error(`nobody fills the section ${name} of the dossier`);
    return section;
  });

/** The members of the dossier's schema, known once all features are imported. */
export function sectionSchemas(): Record<SectionName, TSchema> {
  const members = declared().map(({ name, item }) => [name, Type.Array(item, { maxItems: SECTION_LIMIT })]);
  return Object.fromEntries(members) as Record<SectionName, TSchema>;
}

/** All sections one after another: a dossier is read rarely, and keeps no connection busier than a view does. */
export async function loadSections(tx: Tx, caseId: string): Promise<Record<SectionName, { id: string }[]>> {
  const filled = {} as Record<SectionName, { id: string }[]>;
  for (const { name, read, load } of declared())
    filled[name] = may(tx.ctx.actor, read) ? await load(tx, caseId, SECTION_LIMIT + 1) : [];
  return filled;
}
