// Building blocks of synthetic people: common characters and streets that exist nowhere, so that nobody real is described.

export const surnames = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'];

const femaleSyllables = [
  '芳',
  '敏',
  '静',
  '丽',
  '娟',
  '秀英',
  '玉兰',
  '雪',
  '欣怡',
  '桂芝',
  '晓梅',
  '雅琴',
  '淑珍',
  '佳宁',
];
const maleSyllables = [
  '伟',
  '强',
  '磊',
  '军',
  '勇',
  '建国',
  '志明',
  '浩',
  '子轩',
  '德福',
  '永贵',
  '文斌',
  '海涛',
  '家豪',
];

export const givenNames = { female: femaleSyllables, male: maleSyllables } as const;

export const streets = ['示范路', '样例街', '虚构巷', '模拟大街', '演示里', '试验胡同'];
