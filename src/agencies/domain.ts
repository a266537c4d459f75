// Rules of the directory: which agency may stand under which, which roles an agency can give, and whose own record is closed.
import { actionProblems } from '../kernel/action.ts';
import { type Actor, type AgencyKind, type AgencyLevel, samePerson } from '../kernel/actor.ts';
import { defineProblems, type FieldError, type Problem } from '../kernel/problem.ts';

export const agencyProblems = defineProblems({
  'agency.code_taken': {
    status: 409,
    zh: ['机关代码已被使用', '已有使用此代码的机关', '换用其他代码，或修改已有机关'],
    en: ['Agency code is taken', 'there is an agency with this code', 'choose another code, or edit that agency'],
  },
  'officer.code_taken': {
    status: 409,
    zh: ['人员代码已被使用', '已有使用此代码的人员', '换用其他代码，或修改已有人员'],
    en: ['Officer code is taken', 'there is an officer with this code', 'choose another code, or edit that officer'],
  },
});

export type AgencyFields = {
  kind: AgencyKind;
  level: AgencyLevel;
  orgShort: string | null;
  decisionNumberTemplate: string | null;
  validFrom: string | null;
  validTo: string | null;
};

const RANK: readonly AgencyLevel[] = ['province', 'city', 'county', 'township'];
const PLACES = /\{(\w+)\}/g;

/** `{orgShort}检司救〔{year}〕{seq}号`: the running number starts anew each year, so both must show. */
function templateErrors(template: string | null): FieldError[] {
  if (template === null) return [];
  const places = [...template.matchAll(PLACES)].map(([, name]) => name);
  const known = places.every((name) => name === 'orgShort' || name === 'year' || name === 'seq');
  return known && places.includes('year') && places.includes('seq')
    ? []
    : [
        {
          pointer: '/decisionNumberTemplate',
          code: 'template.places',
          detail: 'needs {year} and {seq}; knows {orgShort} besides',
        },
      ];
}

/** Everything that is wrong with an agency's own fields, and with its place under `parent`. */
export function agencyErrors(agency: AgencyFields, parent: Pick<AgencyFields, 'kind' | 'level'> | null): FieldError[] {
  const errors = templateErrors(agency.decisionNumberTemplate);
  if (agency.validFrom && agency.validTo && agency.validTo < agency.validFrom)
    errors.push({ pointer: '/validTo', code: 'valid_to.before_valid_from', detail: 'ends before it begins' });
  const above = parent === null || RANK.indexOf(parent.level) < RANK.indexOf(agency.level);
  if (parent && (parent.kind !== agency.kind || !above))
    errors.push({ pointer: '/parentId', code: 'parent.unfit', detail: 'an agency of the same kind on a higher level' });
  if (agency.kind !== 'procuratorate' && (agency.orgShort || agency.decisionNumberTemplate))
    errors.push({
      pointer: '/orgShort',
      code: 'org_short.procuratorates_only',
      detail: 'it stands in decision numbers',
    });
  return errors;
}

/** Roles that an agency of this kind cannot give. */
export function roleErrors(roles: readonly string[], allowed: readonly string[]): FieldError[] {
  return roles.flatMap((role, i) =>
    allowed.includes(role)
      ? []
      : [{ pointer: `/roles/${i}`, code: 'role.unfit', detail: `this kind of agency gives ${allowed.join(', ')}` }],
  );
}

/** Nobody gives, changes or ends rights of their own, through whatever credential (S-21). */
export function ownCredential(actor: Actor, personKey: string): Problem | undefined {
  return samePerson(actor, personKey)
    ? actionProblems['decision.four_eyes']({ who: '授予权限与取得权限', whoEn: 'who gives rights and who gets them' })
    : undefined;
}

/** The members of a merge patch that are given and differ. */
export function differences<T extends object>(current: T, change: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const given = Object.entries(change).filter(
    ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(current[name as keyof T]),
  );
  return Object.fromEntries(given) as Partial<T>;
}
