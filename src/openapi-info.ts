// Title, tags and introduction of the OpenAPI document.
export function documentInfo(publicUrl: string) {
  return {
    title: 'Judicial assistance and social relief 国家司法救助与社会救助协作',
    version: '0.1.0',
    description: [
      "One flow for procuratorates, Women's Federations, partner departments and the treasury: clue → assistance case → disbursement → social-assistance referral → follow-up visit → monitoring account.",
      'State changes are `POST` to a sub-resource named for the decision; send `If-Match` with the ETag last seen, and `Idempotency-Key` where a business record is created or money moves. Errors are RFC 9457 problem documents in Chinese (default) or English.',
      'Where a gateway cuts PUT, PATCH and DELETE the operator sets `METHODS=get-post`: there `PATCH {path}` is `POST {path}/amendment`, `PUT {path}` is `POST {path}/replacement` and `DELETE {path}` is `POST {path}/removal`, with the same body, `If-Match` and answer; the three methods answer 405, and `/v1/openapi.json` of that deployment shows the POSTs. Only `Authorization`, `Idempotency-Key` and `If-Match` have to pass: `?lang=` and `?createOnly=true` stand for the other headers. 网关不放行 PUT、PATCH、DELETE 时，由运维设置 METHODS=get-post，改用上述 POST 地址，其余不变。',
      '检察机关、妇联、协作部门与财政共用一套流程：线索—司法救助案件—资金发放—社会救助移送—回访—监测台账。',
    ].join('\n\n'),
    publicUrl,
    tags: [
      { name: 'Clues', description: 'Leads from the Federation and departments to the procuratorate 救助线索' },
      { name: 'Assistance cases', description: 'Review, decision and closure 司法救助案件' },
      { name: 'Funds', description: 'Default fund and balance 救助资金' },
      { name: 'Disbursements', description: 'Payment by three different people 资金发放' },
      { name: 'Social-assistance referrals', description: 'Requests to partner departments 社会救助移送' },
      { name: 'Follow-up visits', description: 'Return visits 回访' },
      { name: 'Monitoring accounts', description: 'One account per aided person 监测台账' },
      { name: 'Documents', description: 'Files and letters of the flow 材料与文书' },
      { name: 'Deadlines', description: 'Clocks on every party 期限' },
      { name: 'Persons', description: 'Identity, masked by default 人员' },
      { name: 'Work items', description: 'What awaits me or my agency 待办' },
      { name: 'Statistics', description: 'Figures from the data 统计' },
      { name: 'Audit', description: 'Records, signed checkpoints, proofs and emergency sight 审计' },
      { name: 'Events', description: 'Gap-free feed 事件流' },
      { name: 'Agencies', description: 'Agencies, officers and the caller 机关与人员' },
      { name: 'Reference', description: 'Code sets and calendars 代码与日历' },
      { name: 'Service', description: 'Probes and error catalogue 服务' },
      { name: 'Sandbox', description: 'Tokens, clock and reset; absent on a live database 沙箱' },
    ],
  };
}
