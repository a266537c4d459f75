// Wire enums of webhooks, with both names (contract §3 events); part of enums.ts.

export const eventEnums = {
  'webhook-endpoint-states': {
    title: ['推送端点状态', 'States of webhook endpoints'],
    values: {
      pending: ['待确认', 'Not confirmed yet'],
      active: ['启用', 'Active'],
      disabled: ['停用', 'Disabled'],
    },
  },
  'webhook-disabled-reasons': {
    title: ['推送端点停用原因', 'Why a webhook endpoint is disabled'],
    values: {
      by_hand: ['人工停用', 'By hand'],
      gone: ['接收方答复 410', 'The receiver answered 410'],
      failing: ['连续五日失败', 'Nothing but failures for five days'],
      holder_gone: ['登记凭证已停用', 'The credential that set the address is suspended'],
    },
  },
  'webhook-delivery-states': {
    title: ['推送状态', 'States of webhook deliveries'],
    values: {
      pending: ['待发送', 'Waits for its next attempt'],
      delivered: ['已送达', 'Delivered'],
      failed: ['未送达', 'Given up after the last attempt'],
      withheld: ['不再可见，未发送', 'Not sent: the holder does not see it any more'],
    },
  },
  'webhook-outcomes': {
    title: ['推送结果', 'Outcomes of an attempt'],
    values: {
      accepted: ['已接收', 'Accepted'],
      status: ['接收方答复错误状态', 'The receiver answered with an error'],
      redirect: ['接收方要求跳转，不予跟随', 'The receiver redirected, which is not followed'],
      gone: ['接收方答复 410', 'The receiver answered 410'],
      throttled: ['接收方要求放缓', 'The receiver asked to slow down'],
      timeout: ['超过十五秒', 'Longer than fifteen seconds'],
      too_large: ['答复超过 64 KiB', 'The answer is larger than 64 KiB'],
      refused: ['无法连接或连接中断', 'No connection, or it broke'],
      certificate: ['TLS 证书不可信', 'The TLS certificate is not trusted'],
      blocked: ['地址不允许', 'The address is not allowed'],
      unresolved: ['域名无法解析', 'The name does not resolve'],
      not_confirmed: ['地址未确认接收', 'The address did not confirm'],
      not_seen: ['事件已不可见或超出保留期', 'The event is not seen any more, or dropped'],
    },
  },
} as const;
