// Wire shapes of agencies, officers and the caller itself.
import { Type } from 'typebox';
import type { Actor } from '../kernel/actor.ts';
import { Closed, Code, Id, Literals, Nullable, named, RegionCode } from '../platform/http/schema.ts';

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
