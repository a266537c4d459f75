// The sandbox's officers (contract §2): fictitious people in the roles of Heping, Tiexi, Shenyang and the province.

import { agencyCode } from '../reference/agencies.ts';
import type { AgencyKind } from '../reference/agency-kinds.ts';
import type { EnumValue } from '../reference/enums.ts';

export type OfficerRole = EnumValue<'officer-roles'>;
export type SandboxOfficer = {
  code: string;
  name: string;
  agencyCode: string;
  roles: readonly OfficerRole[];
  /** The human being behind the credential: four-eyes rules compare this. */
  personKey: string;
};

type Row = readonly [code: string, name: string, kind: AgencyKind, role: OfficerRole];

const rowsByRegion: Readonly<Record<string, readonly Row[]>> = {
  '210102': [
    ['wf.heping', '林晓岚', 'womens_federation', 'wf_officer'],
    ['intake.heping', '周启明', 'procuratorate', 'intake'],
    ['handler.heping', '陈思远', 'procuratorate', 'handler'],
    ['head.heping', '赵文博', 'procuratorate', 'head'],
    ['chief.heping', '孙立群', 'procuratorate', 'chief'],
    ['deputy.heping', '姜宏毅', 'procuratorate', 'chief'],
    ['finance.heping', '吴敏', 'procuratorate', 'finance'],
    ['bureau.heping', '郑国栋', 'finance', 'treasury_officer'],
    ['education.heping', '王书雅', 'education', 'dept_officer'],
    ['civil.heping', '刘志和', 'civil_affairs', 'dept_officer'],
    ['hr.heping', '杨建业', 'human_resources', 'dept_officer'],
    ['rural.heping', '黄丰年', 'rural_revitalization', 'dept_officer'],
    ['medical.heping', '何安宁', 'medical_security', 'dept_officer'],
    ['union.heping', '马永强', 'trade_union', 'dept_officer'],
    ['youth.heping', '徐青云', 'youth_league', 'dept_officer'],
    ['disabled.heping', '高明远', 'disabled_federation', 'dept_officer'],
    ['veterans.heping', '郭振军', 'veterans_affairs', 'dept_officer'],
  ],
  '210106': [
    ['wf.tiexi', '宋佳怡', 'womens_federation', 'wf_officer'],
    ['intake.tiexi', '罗永年', 'procuratorate', 'intake'],
    ['handler.tiexi', '梁若飞', 'procuratorate', 'handler'],
    ['head.tiexi', '谢长青', 'procuratorate', 'head'],
    ['chief.tiexi', '韩志刚', 'procuratorate', 'chief'],
    ['deputy.tiexi', '蒋维新', 'procuratorate', 'chief'],
    ['finance.tiexi', '唐静', 'procuratorate', 'finance'],
    ['civil.tiexi', '冯德全', 'civil_affairs', 'dept_officer'],
  ],
  '210100': [
    ['wf.shenyang', '于海燕', 'womens_federation', 'wf_officer'],
    ['intake.shenyang', '董浩然', 'procuratorate', 'intake'],
    ['handler.shenyang', '萧逸', 'procuratorate', 'handler'],
    ['head.shenyang', '程立新', 'procuratorate', 'head'],
    ['chief.shenyang', '曹正阳', 'procuratorate', 'chief'],
    ['deputy.shenyang', '薛明诚', 'procuratorate', 'chief'],
    ['finance.shenyang', '袁慧', 'procuratorate', 'finance'],
  ],
  '210000': [
    ['wf.liaoning', '邓雪梅', 'womens_federation', 'wf_officer'],
    ['intake.liaoning', '许家乐', 'procuratorate', 'intake'],
    ['handler.liaoning', '傅明哲', 'procuratorate', 'handler'],
    ['head.liaoning', '沈怀瑾', 'procuratorate', 'head'],
    ['chief.liaoning', '曾庆和', 'procuratorate', 'chief'],
    ['deputy.liaoning', '范守正', 'procuratorate', 'chief'],
    ['finance.liaoning', '彭丽', 'procuratorate', 'finance'],
    ['supervisor.liaoning', '吕明德', 'procuratorate', 'supervisor'],
    ['auditor.liaoning', '苏正言', 'procuratorate', 'auditor'],
    ['admin', '卢维安', 'procuratorate', 'admin'],
    ['security', '谭守约', 'procuratorate', 'security_admin'],
  ],
};

export const sandboxOfficers: readonly SandboxOfficer[] = Object.entries(rowsByRegion).flatMap(([regionCode, rows]) =>
  rows.map(([code, name, kind, role]) => ({
    code,
    name,
    agencyCode: agencyCode(kind, regionCode),
    roles: [role],
    personKey: `sandbox:${code}`,
  })),
);
