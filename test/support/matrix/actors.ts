// Who the matrix asks as: every role in agencies inside and outside the jurisdiction of what was made in Heping (S-12).
import { ROLES_BY_KIND, type Role } from '../../../src/agencies/roles.ts';
import type { Pool } from '../../../src/platform/db/client.ts';
import { agencyCode } from '../../../src/reference/agencies.ts';
import type { AgencyKind } from '../../../src/reference/agency-kinds.ts';
import { sandboxOfficers } from '../../../src/sandbox/officers.ts';

export type MatrixActor = { code: string; role: Role; agencyId: string; agencyCode: string };

/** Own district, its city and province above it; a district beside it, and a city with nothing to do with it. */
const PLACES: readonly (readonly [kind: AgencyKind, region: string])[] = [
  ['procuratorate', '210102'],
  ['procuratorate', '210106'],
  ['procuratorate', '210100'],
  ['procuratorate', '210000'],
  ['procuratorate', '210200'],
  ['womens_federation', '210102'],
  ['womens_federation', '210106'],
  ['womens_federation', '210100'],
  ['civil_affairs', '210102'],
  ['civil_affairs', '210106'],
  ['education', '210102'],
  ['finance', '210102'],
];

const known = (agency: string, role: string) =>
  sandboxOfficers.find((officer) => officer.agencyCode === agency && officer.roles[0] === role)?.code;

/** Roles that no officer of the sandbox has. */
const held = new Set(sandboxOfficers.flatMap((officer) => officer.roles));

/** One officer per role and agency: the sandbox's own where there is one, else one who is added; `few`: only where nobody else has the role. */
export async function matrixActors(owner: Pool, few = false): Promise<MatrixActor[]> {
  const agencies = await owner.query<{ id: string; code: string }>('select id, code from agencies');
  const ids = new Map(agencies.map((row) => [row.code, row.id]));
  const actors = PLACES.flatMap(([kind, region]) => {
    const agency = agencyCode(kind, region);
    const agencyId = ids.get(agency) ?? '';
    return ROLES_BY_KIND[kind].flatMap((role): MatrixActor[] => {
      const code = known(agency, role);
      if (!code && few && held.has(role)) return [];
      return [{ code: code ?? `${role}.${agency}`, role, agencyId, agencyCode: agency }];
    });
  });
  for (const { code, role, agencyId } of actors)
    await owner.query(
      `insert into officers (id, agency_id, code, name, person_key, roles, created_at, updated_at)
       values (gen_random_uuid(), $2, $1, '对照', $1, array[$3], now(), now()) on conflict (code) do nothing`,
      [code, agencyId, role],
    );
  return actors;
}
