// Wire shapes of agencies, officers and the caller itself.
import { type Static, Type } from 'typebox';
import type { Actor } from '../kernel/actor.ts';
import {
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  pageOf,
  pageQuery,
  RegionCode,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { AgencyRow } from './repository.ts';

export const AGENCY_KINDS = [
  'procuratorate',
  'womens_federation',
  'education',
  'civil_affairs',
  'human_resources',
  'rural_revitalization',
  'medical_security',
  'trade_union',
  'youth_league',
  'disabled_federation',
  'veterans_affairs',
  'finance',
  'other',
] as const;
export const AGENCY_LEVELS = ['province', 'city', 'county', 'township'] as const;

export const DIRECTORY_STATES = enumValues('agency-states');

export const AgencyKindSchema = Literals(AGENCY_KINDS);
export const AgencyLevelSchema = Literals(AGENCY_LEVELS);

export const MeView = named(
  'Me',
  Closed({
    officer: Nullable(
      Closed({
        id: Id,
        code: Code,
        name: Type.String({ maxLength: 100 }),
        roles: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20 }),
      }),
    ),
    client: Nullable(Closed({ id: Id })),
    agency: Closed({
      id: Id,
      code: Type.String({ maxLength: 64 }),
      name: Type.String({ maxLength: 200 }),
      kind: AgencyKindSchema,
      level: AgencyLevelSchema,
      regionCode: RegionCode,
    }),
    permissions: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100 }),
  }),
);

export function toMeView(actor: Actor) {
  const { officer, client, agency, permissions } = actor;
  return {
    officer: officer ? { id: officer.id, code: officer.code, name: officer.name, roles: [...officer.roles] } : null,
    client,
    agency: { ...agency },
    permissions: [...permissions].sort(),
  };
}

const agencyCode = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  maxLength: 64,
  description: 'for life',
  examples: ['proc-210102'],
});
const AgencyName = Text(200);
const standing = {
  parentId: Nullable({ ...Id, description: 'agency of the same kind on a higher level: it oversees this one' }),
  successorId: Nullable({ ...Id, description: 'agency that carries on after validTo' }),
  validFrom: Nullable(CivilDate),
  validTo: Nullable(CivilDate),
  orgShort: Nullable(Text(20, 'short name in decision numbers; procuratorates only')),
  decisionNumberTemplate: Nullable(Text(100, 'template of decision numbers; places {orgShort}, {year}, {seq}')),
};

export const AgencyView = named(
  'Agency',
  Closed({
    id: Id,
    code: agencyCode,
    name: AgencyName,
    nameEn: AgencyName,
    kind: AgencyKindSchema,
    level: AgencyLevelSchema,
    regionCode: RegionCode,
    ...standing,
    state: Literals(DIRECTORY_STATES),
    version: Type.Integer({ minimum: 1 }),
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
export const AgencyPage = pageOf('AgencyPage', AgencyView);
export const AgencyQuery = Type.Object({
  ...pageQuery,
  kind: Type.Optional(AgencyKindSchema),
  regionCode: Type.Optional(RegionCode),
  level: Type.Optional(AgencyLevelSchema),
});

const optionalStanding = {
  parentId: Type.Optional(standing.parentId),
  successorId: Type.Optional(standing.successorId),
  validFrom: Type.Optional(standing.validFrom),
  validTo: Type.Optional(standing.validTo),
  orgShort: Type.Optional(standing.orgShort),
  decisionNumberTemplate: Type.Optional(standing.decisionNumberTemplate),
};
export const AgencyInputSchema = named(
  'AgencyInput',
  Closed({
    code: agencyCode,
    name: AgencyName,
    nameEn: AgencyName,
    kind: AgencyKindSchema,
    level: AgencyLevelSchema,
    regionCode: RegionCode,
    ...optionalStanding,
  }),
);
export const AgencyPatch = named(
  'AgencyPatch',
  Closed(
    { name: Type.Optional(AgencyName), nameEn: Type.Optional(AgencyName), ...optionalStanding },
    { description: 'Code, kind, level and region are for life: an agency that changes them gets a successor' },
  ),
);

export function toAgencyView(agency: AgencyRow): Static<typeof AgencyView> {
  const { id, code, name, nameEn, kind, level, regionCode, parentId, successorId, validFrom, validTo } = agency;
  const { orgShort, decisionNumberTemplate, state, version, createdAt, updatedAt } = agency;
  return {
    ...{ id, code, name, nameEn, kind, level, regionCode, parentId, successorId, validFrom, validTo },
    ...{ orgShort, decisionNumberTemplate, state, version },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
