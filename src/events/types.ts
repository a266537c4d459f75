// Every type of fact in one table (contract §3): its resource, what it says in both languages, and the ids that its event carries.
// What an event shows, `GET /v1/event-types`, the webhooks of the OpenAPI document and what an endpoint may ask for are read from it.
import type { ResourceKind } from '../kernel/fact.ts';
import { type EventGroup, flowGroups, moneyGroups, ORIGIN, type Words } from './type-groups.ts';

const help: readonly EventGroup[] = [
  {
    kind: 'referral',
    ids: ['agencyId', 'senderAgencyId', 'formerAgencyId', 'referralId', ...ORIGIN],
    types: {
      'referral.requested': ['社会救助移送已发出', 'Assistance was requested from a department'],
      'referral.received': ['移送已签收', 'A referral was received'],
      'referral.accepted': ['移送已接收', 'A referral was accepted'],
      'referral.rejected': ['移送被退回', 'A referral was rejected'],
      'referral.started': ['救助措施已开始', 'The help has begun'],
      'referral.held': ['移送已中止', 'A referral was put on hold'],
      'referral.resumed': ['移送已恢复', 'A referral was resumed'],
      'referral.output_recorded': ['救助措施已登记', 'What was delivered was recorded'],
      'referral.completed': ['移送已办结', 'A referral was completed'],
      'referral.failed': ['移送未能落实', 'A referral has failed'],
      'referral.cancelled': ['移送已取消', 'A referral was cancelled'],
      'referral.reminded': ['移送已催办', 'The department was reminded'],
      'referral.forwarded': ['移送已转送', 'A referral was forwarded'],
      'referral.followed_up': ['移送已跟进', 'A rejected or failed referral was followed up'],
      'referral.succeeded': ['移送由承继机关接办', 'The successor of a department has taken over'],
    },
  },
  {
    kind: 'visit',
    ids: ['handlingAgencyId', 'agencyId', 'nextVisitId', ...ORIGIN],
    types: {
      'visit.planned': ['回访已安排', 'A visit was planned'],
      'visit.done': ['回访已完成', 'A visit was done'],
      'visit.missed': ['回访未成', 'A visit was missed'],
      'visit.cancelled': ['回访已取消', 'A visit was cancelled'],
      'visit.rescheduled': ['回访已改期', 'A visit was rescheduled'],
      'visit.amended': ['回访记录已补正', 'The record of a visit was amended'],
      'visit.measures_checked': ['措施落实情况已核对', 'Measures were checked on a visit'],
      'visit.confirmed': ['回访记录已确认', 'The record of a visit was confirmed'],
      'visit.objected': ['对回访记录提出异议', 'The record of a visit was objected to'],
    },
  },
  {
    kind: 'account',
    ids: [
      ...[
        'procuratorateId',
        'federationId',
        'agencyId',
        'fromAgencyId',
        'toAgencyId',
        'assistanceCaseId',
        'transferId',
      ],
      ...['entryId', 'answersEntryId', 'accountId', 'intoAccountId', 'mergedIntoId', 'mergedId', 'headId'],
    ],
    types: {
      'account.opened': ['监测台账已建立', 'A monitoring account was opened'],
      'account.updated': ['台账已更新', 'A monitoring account was updated'],
      'account.shared': ['台账已共享', 'A monitoring account was shared'],
      'account.entry_added': ['台账已登记记录', 'An entry was added to an account'],
      'account.entry_countersigned': ['台账记录已会签', 'An entry was countersigned'],
      'account.entry_objected': ['对台账记录提出异议', 'An entry was objected to'],
      'account.escalated': ['台账已升级', 'An account was escalated'],
      'account.de_escalated': ['台账已解除升级', 'An account is no longer escalated'],
      'account.stabilised': ['台账已转稳定', 'An account was found stable'],
      'account.closure_consented': ['同意销账', 'The closure of an account was consented to'],
      'account.closed': ['台账已销账', 'An account was closed'],
      'account.reopened': ['台账已重启', 'An account was reopened'],
      'account.merged': ['台账已合并', 'Accounts were merged'],
      'account.merge_reversed': ['台账合并已撤销', 'A merge of accounts was reversed'],
      'account.transfer_requested': ['已请求移交台账', 'The transfer of an account was requested'],
      'account.transferred': ['台账已移交', 'An account was transferred'],
      'account.transfer_rejected': ['台账移交被拒绝', 'The transfer of an account was rejected'],
      'account.transfer_withdrawn': ['台账移交已撤回', 'The transfer of an account was withdrawn'],
    },
  },
];

const oversight: readonly EventGroup[] = [
  {
    kind: 'deadline',
    ids: ['agencyId', 'subjectId', 'escalatedToId', 'assistanceCaseId'],
    types: {
      'deadline.due_soon': ['期限将至', 'A deadline is due soon'],
      'deadline.overdue': ['期限已过', 'A deadline has passed'],
      'deadline.escalated': ['逾期已报上级', 'A breach was told to the level above'],
      'deadline.ended': ['期限已结束', 'A deadline has ended'],
      'deadline.extended': ['期限已延长', 'A deadline was extended'],
      'deadline.paused': ['期限已中止', 'A deadline was paused'],
      'deadline.resumed': ['期限已恢复', 'A deadline was resumed'],
      'deadline.waived': ['期限已免除', 'A deadline was waived'],
      'deadline.supervised': ['上级已督办', 'A breach was followed up by the level above'],
      'deadline.recomputed': ['期限已重新计算', 'A deadline was counted again'],
    },
  },
  {
    kind: 'work_item',
    ids: ['resourceId'],
    types: { 'work_item.assigned': ['待办已分派', 'A work item was assigned'] },
  },
  {
    kind: 'break_glass_grant',
    ids: ['subjectId', 'homeAgencyId', 'grantId'],
    types: {
      'break_glass.granted': ['紧急查阅已开启', 'Emergency sight was given'],
      'break_glass.used': ['紧急查阅已使用', 'Emergency sight was used'],
      'break_glass.reviewed': ['紧急查阅已复核', 'Emergency sight was reviewed'],
    },
  },
  {
    kind: 'legal_hold',
    ids: ['subjectId'],
    types: {
      'legal_hold.placed': ['已设法律保全', 'A legal hold was placed'],
      'legal_hold.release_proposed': ['已提出解除保全', 'The release of a hold was proposed'],
      'legal_hold.released': ['法律保全已解除', 'A legal hold was released'],
    },
  },
  {
    kind: 'person',
    ids: ['reviewId', 'mergedIntoId', 'caseId'],
    types: {
      'person.corrected': ['身份信息已更正', 'The identity of a person was corrected'],
      'person.correction_proposed': ['已提出身份更正', 'A correction of an identity was proposed'],
      'person.review_resolved': ['身份核查已处理', 'A review of an identity was resolved'],
      'person.merge_proposed': ['已提出人员合并', 'A merge of persons was proposed'],
      'person.merged': ['人员记录已合并', 'Persons were merged'],
      'person.merge_withdrawn': ['人员合并已撤回', 'The proposal of a merge was withdrawn'],
      'person.merge_reversed': ['人员合并已撤销', 'A merge of persons was reversed'],
      'person.looked_up': ['人员已被查询', 'A person was looked up'],
      'person.disclosed': ['个人信息已披露', 'Personal data was disclosed'],
      'person.viewed': ['个人信息已查看', 'Personal data was viewed'],
      'person.history_read': ['救助史已查阅', 'The history of a person was read'],
      'person.exported': ['个人信息已导出', 'The data of a person was exported'],
      'person.erasure_proposed': ['已提出删除', 'The erasure of a person was proposed'],
      'person.erased': ['个人信息已删除', 'A person was erased'],
    },
  },
  {
    kind: 'webhook_endpoint',
    ids: ['clientId', 'deliveryId'],
    types: {
      'webhook.created': ['推送端点已登记', 'A webhook endpoint was created'],
      'webhook.edited': ['推送端点已修改', 'A webhook endpoint was edited'],
      'webhook.removed': ['推送端点已删除', 'A webhook endpoint was removed'],
      'webhook.challenged': ['已请求端点确认', 'A webhook endpoint is asked to confirm'],
      'webhook.activated': ['推送端点已启用', 'A webhook endpoint is active'],
      'webhook.disabled': ['推送端点已停用', 'A webhook endpoint was disabled'],
      'webhook.secret_rotated': ['推送密钥已更换', 'The secret of a webhook endpoint was rotated'],
      'webhook.tested': ['已发送测试事件', 'A test event was asked for'],
      'webhook.replayed': ['已重发一次推送', 'A delivery was sent again'],
      'webhook.recovered': ['已补发推送', 'Deliveries since a time were sent again'],
    },
  },
];

export type EventType = { type: string; kind: ResourceKind; words: Words; ids: readonly string[] };

/** What the feed may tell, in the order of the business. */
export const EVENT_TYPES: readonly EventType[] = [...flowGroups, ...moneyGroups, ...help, ...oversight].flatMap(
  ({ kind, ids, types }) => Object.entries(types).map(([type, words]) => ({ type, kind, words, ids })),
);

const byType = new Map(EVENT_TYPES.map((row) => [row.type, row]));
export const eventType = (type: string): EventType | undefined => byType.get(type);

/** Who came to know a person first, and who since, and when, is told to none of those who know the person (contract §1 Persons); how to reach somebody in danger is read, not sent. */
export const UNTOLD = ['person.registered', 'person.linked', 'person.unlinked', 'person.safe_contact_set'] as const;

/** Prefixes of facts about the service itself, its directory and its papers: kept in the audit record, told to nobody by the feed. */
export const AUDITED_ONLY = [
  'agency',
  'audit',
  'calendar',
  'deadline_rule',
  'document',
  'duplicate_verdict',
  'keys',
  'sandbox',
] as const;
