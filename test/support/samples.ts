// Request bodies that tests start from; every person in them is invented.
export function sampleClue() {
  return {
    source: 'wf_visit',
    regionCode: '210102',
    foundOn: '2026-11-02',
    facts: '丈夫故意伤害致其重伤，案件已移送审查起诉，被告人无赔偿能力。',
    hardship: '无业，独自抚养一名未成年子女，医疗费欠款。',
    linkedCase: { type: 'criminal', number: '沈和检刑诉〔2026〕118号', handlingOrgan: '沈阳市和平区人民检察院' },
    subjects: [
      {
        name: '李秀兰',
        sex: 'female',
        idType: 'citizen_id',
        idNumber: '210102198503154321',
        phone: '13812345678',
        address: '沈阳市和平区南湖街道样例路1号',
        householdRegionCode: '210102',
        categories: ['W2'],
        relationToCase: 'self',
      },
    ],
  };
}
