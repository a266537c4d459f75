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

export const rosterProblems = defineProblems({
  'officer.reserved': {
    status: 403,
    zh: ['由系统管理员办理', '该人员的角色由系统管理员管理', '请系统管理员办理'],
    en: [
      'For the administrator of the service',
      'this officer has a role that only the administrator of the service gives and takes',
      'let that administrator do it',
    ],
  },
  'officer.absence_not_yours': {
    status: 403,
    zh: ['无权登记', '由本人、部门负责人或本机关管理员登记', '请上述人员登记'],
    en: [
      'Not yours to record',
      'an absence is recorded by the officer, a head or the administrator of the agency',
      'let one of them record it',
    ],
  },
  'agency.own': {
    status: 409,
    zh: ['不得停用本机关', '停用将使办理人自己的凭证失效', '由其他机关的管理员办理'],
    en: ['Your own agency', 'it would end your own credential', 'let an administrator elsewhere do it'],
  },
});

export const clientProblems = defineProblems({
  'client.suspended': {
    status: 409,
    zh: ['客户端已停用', '停用的客户端不能更换密钥', '先恢复该客户端'],
    en: ['The client is suspended', 'a suspended client gets no new secret', 'reinstate it first'],
  },
  'client.own': {
    status: 409,
    zh: ['不得停用自身', '停用将使当前凭证失效', '由其他管理员办理'],
    en: ['Your own credential', 'it would end the credential that asks', 'let another administrator do it'],
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
          detail: ['须含 {year} 与 {seq}，另可用 {orgShort}', 'needs {year} and {seq}; knows {orgShort} besides'],
        },
      ];
}

/** Everything that is wrong with an agency's own fields, and with its place under `parent`. */
export function agencyErrors(agency: AgencyFields, parent: Pick<AgencyFields, 'kind' | 'level'> | null): FieldError[] {
  const errors = templateErrors(agency.decisionNumberTemplate);
  if (agency.validFrom && agency.validTo && agency.validTo < agency.validFrom)
    errors.push({
      pointer: '/validTo',
      code: 'valid_to.before_valid_from',
      detail: ['终止日早于起始日', 'ends before it begins'],
    });
  const above = parent === null || RANK.indexOf(parent.level) < RANK.indexOf(agency.level);
  if (parent && (parent.kind !== agency.kind || !above))
    errors.push({
      pointer: '/parentId',
      code: 'parent.unfit',
      detail: ['须为同类且级别更高的单位', 'an agency of the same kind on a higher level'],
    });
  if (agency.kind !== 'procuratorate' && (agency.orgShort || agency.decisionNumberTemplate))
    errors.push({
      pointer: '/orgShort',
      code: 'org_short.procuratorates_only',
      detail: ['仅用于检察院的文书号', 'it stands in decision numbers'],
    });
  return errors;
}

/** Kinds that carried on for another: rural revitalisation went to agriculture, which has no kind of its own (domain §9). */
const HEIRS: Readonly<Partial<Record<AgencyKind, readonly AgencyKind[]>>> = { rural_revitalization: ['other'] };

type Succession = Pick<AgencyFields, 'kind' | 'validTo'> & { id: string };

/** True on the agency's last day too. */
export const standsOn = (agency: Pick<AgencyFields, 'validFrom' | 'validTo'>, day: string): boolean =>
  (agency.validTo === null || agency.validTo >= day) && (agency.validFrom === null || agency.validFrom <= day);

/** `line`: the successor and those who succeed it in turn. Who carries on is of the same kind or its heir, and in no circle. */
export function successorErrors(
  agency: Succession & { successorId: string | null },
  line: readonly Succession[],
  today: string,
): FieldError[] {
  const refuse = (code: string, ...detail: readonly [zh: string, en: string]) => [
    { pointer: '/successorId', code: `successor.${code}`, detail },
  ];
  const { successorId, kind } = agency;
  if (successorId === null) return [];
  if (successorId === agency.id) return refuse('self', '单位不能承继自身', 'an agency does not succeed itself');
  if (agency.validTo === null)
    return refuse(
      'without_end',
      '该单位没有 validTo，无从承继',
      'the agency has no validTo after which another carries on',
    );
  const [next] = line;
  if (!next) return [];
  if (line.some((one) => one.id === agency.id))
    return refuse('circle', '承继单位又由本单位承继', 'the successor is succeeded by this agency');
  if (next.kind !== kind && !HEIRS[kind]?.includes(next.kind))
    return refuse(
      'unfit',
      '须为同类单位，或承接其职责的单位',
      'an agency of the same kind, or of the kind that took its duties over',
    );
  const last = line.at(-1);
  return last?.validTo && last.validTo < today ? refuse('ended', '该单位已终止', 'that agency has ended itself') : [];
}

/** Roles that an agency of this kind cannot give. */
export function roleErrors(roles: readonly string[], allowed: readonly string[]): FieldError[] {
  return roles.flatMap((role, i) =>
    allowed.includes(role)
      ? []
      : [
          {
            pointer: `/roles/${i}`,
            code: 'role.unfit',
            detail: [`此类单位可授予的角色：${allowed.join('、')}`, `this kind of agency gives ${allowed.join(', ')}`],
          },
        ],
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
