// Values of the wire enums of safe contact, erasure, retention and legal holds.

export const privacyEnums = {
  'safe-contact-reasons': {
    title: ['安全联系事由', 'Reasons for safe contact'],
    values: {
      domestic_violence: ['家庭暴力', 'Domestic violence'],
      sexual_violence: ['性侵害', 'Sexual violence'],
      trafficking: ['拐卖', 'Trafficking'],
      stalking: ['跟踪骚扰', 'Stalking'],
      retaliation: ['打击报复', 'Retaliation'],
      other: ['其他', 'Other'],
    },
  },
  'contact-channels': {
    title: ['联系方式', 'Channels of contact'],
    values: {
      home_visit: ['上门', 'Visit at home'],
      office_visit: ['到机关', 'Visit at an office'],
      workplace_visit: ['到工作单位', 'Visit at work'],
      phone: ['电话', 'Phone'],
      video: ['视频', 'Video'],
      text_message: ['短信', 'Text message'],
      instant_message: ['即时通讯', 'Instant message'],
      letter: ['书信', 'Letter'],
      through_family: ['经家属转达', 'Through the family'],
      through_village: ['经村居转达', 'Through the village or community'],
    },
  },
} as const;
