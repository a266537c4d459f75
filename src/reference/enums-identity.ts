// Values of the wire enums of credentials and grants of roles.

export const identityEnums = {
  'credential-kinds': {
    title: ['人员凭证类别', 'Kinds of officer credentials'],
    values: { key: ['本人密钥', 'Own key'], external_subject: ['外部身份', 'Subject of an outside issuer'] },
  },
  'credential-states': {
    title: ['人员凭证状态', 'States of officer credentials'],
    values: { proposed: ['待确认', 'Proposed'], active: ['有效', 'Active'], removed: ['已移除', 'Removed'] },
  },
  'role-grant-states': {
    title: ['授权申请状态', 'States of role grants'],
    values: { open: ['待确认', 'Open'], confirmed: ['已确认', 'Confirmed'], refused: ['已驳回', 'Refused'] },
  },
} as const;
