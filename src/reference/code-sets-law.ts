// Eligibility (2021 SPP rules art. 7), exclusions (art. 8) and beneficiary categories as data (domain §6).
import { always, type CodeItem, type CodeSet, codeItems } from './code-item.ts';

const SINCE_2016 = { validFrom: '2016-08-16', validTo: null };
const ART_7 = '人民检察院开展国家司法救助工作细则 (2021) art. 7 [V S41 S42]';
const ART_7_WIDENED = `${ART_7}; the 2016 rules lacked "case unsolved" and "limitation passed" [V S43]`;
const ART_8 = '人民检察院开展国家司法救助工作细则 (2021) art. 8, generally not granted [V S42]';

const eligibilityItems: CodeItem[] = [
  {
    code: 'E1',
    name: '刑事案件被害人受重伤或严重残疾，因案件未侦破、超过追诉时效或加害人死亡、没有赔偿能力而生活困难',
    nameEn:
      'Crime victim with serious injury or severe disability; unsolved, time-barred, or offender dead or unable to pay',
    ...SINCE_2016,
    basis: ART_7_WIDENED,
  },
  {
    code: 'E2',
    name: '刑事案件被害人人身受到伤害，急需救治而无力承担医疗费用',
    nameEn: 'Crime victim with bodily injury in urgent need of treatment, unable to pay for it',
    ...SINCE_2016,
    basis: `${ART_7}; the 2016 rules also required danger to life [V S43]`,
  },
  {
    code: 'E3',
    name: '刑事案件被害人死亡或丧失劳动能力，依靠其收入为主要生活来源的近亲属或被扶养人生活困难',
    nameEn: 'Victim killed or without working capacity: close relatives or dependants who lived mainly on that income',
    ...SINCE_2016,
    basis: `${ART_7_WIDENED}; lost working capacity was added in 2021 [V S43]`,
  },
  {
    code: 'E4',
    name: '刑事案件被害人财产受到重大损失，因案件未侦破、超过追诉时效或加害人死亡、没有赔偿能力而生活困难',
    nameEn: 'Crime victim with heavy loss of property; unsolved, time-barred, or offender dead or unable to pay',
    ...SINCE_2016,
    basis: ART_7_WIDENED,
  },
  {
    code: 'E5',
    name: '举报人、证人、鉴定人因向检察机关举报、作证或接受委托鉴定受打击报复，致人身伤害或财产重大损失',
    nameEn: 'Informant, witness or expert hurt or heavily damaged in retaliation for helping the procuratorate',
    ...SINCE_2016,
    basis: ART_7,
  },
  {
    code: 'E6',
    name: '因道路交通事故等民事侵权造成人身伤害，无法通过诉讼获得赔偿',
    nameEn: 'Bodily injury through a traffic accident or other civil tort, no compensation through litigation',
    ...SINCE_2016,
    basis: ART_7,
  },
  {
    code: 'E7',
    name: '人民检察院认为需要救助的其他情形',
    nameEn: 'Other situations that the procuratorate finds to need aid',
    ...SINCE_2016,
    basis: ART_7,
  },
  {
    code: 'E8',
    name: '追索赡养费、扶养费、抚育费等，因被执行人没有履行能力而生活困难',
    nameEn: 'Claimants of maintenance, support or child support whose debtor cannot pay (history and courts only)',
    validFrom: null,
    validTo: '2016-08-15',
    basis: '中政委〔2014〕3号 [V S44]; not in the procuratorates’ rules since 2016, end date [A]',
  },
];

const exclusionItems = codeItems(
  [
    ['X1', '对案件发生有重大过错', 'Gross fault for the case'],
    ['X2', '无正当理由，拒绝配合查明犯罪事实', 'Refuses without good reason to help establish the facts'],
    ['X3', '故意作虚伪陈述或者伪造证据，妨害诉讼', 'False statements or evidence obstructing the litigation'],
    ['X4', '主动放弃民事赔偿请求或者拒绝加害责任人赔偿', 'Gave up the civil claim or refused compensation'],
    ['X5', '生活困难非案件原因所导致', 'Hardship not caused by the case'],
    ['X6', '通过社会救助等措施已经得到合理补偿、救助', 'Already reasonably compensated or aided'],
  ],
  { ...SINCE_2016, basis: ART_8 },
);

const women = codeItems(
  [
    ['W1', '纳入防止返贫监测的农村妇女', 'Rural woman monitored against return to poverty'],
    ['W2', '遭受家庭暴力、性侵害、拐卖等侵害的妇女', 'Victim of domestic violence, sexual assault or trafficking'],
    [
      'W3',
      '主要劳动力受害死亡或丧失劳动能力，需抚养子女或赡养老人的妇女',
      'Breadwinner killed or incapacitated, she raises minors or supports elders',
    ],
    ['W4', '身患重大疾病或残疾的妇女', 'Seriously ill or disabled woman'],
    ['W5', '赡养人无赡养能力或实际无赡养人的老年妇女', 'Elderly woman whose supporters are unable or none in fact'],
    [
      'W6',
      '因就业歧视、职场性骚扰等民事侵权致困且无法通过诉讼有效救济的妇女',
      'Hardship from civil torts such as job discrimination or workplace harassment, no effective legal route',
    ],
    ['W7', '因家庭暴力被诉离婚且确有困难的妇女', 'Sued for divorce because of domestic violence, in real hardship'],
  ],
  {
    validFrom: '2022-03-01',
    validTo: null,
    basis: '最高检、全国妇联“5+2”类困难妇女, notice 2022-03 deepened 2023-02 [S S11 S12]; day of the month [A]',
  },
);

const minors = codeItems(
  [
    ['C1', '受到犯罪侵害致身体伤残或心理严重创伤的未成年人', 'Minor injured or with severe psychological trauma'],
    ['C2', '受到犯罪侵害急需救治的未成年人', 'Minor in urgent need of treatment'],
    ['C3', '抚养人受到犯罪侵害致死的未成年人', 'Minor whose provider was killed'],
    ['C4', '家庭财产受到重大损失的未成年人', 'Minor whose family lost its property'],
    ['C5', '因举报、作证受到打击报复的未成年人', 'Minor suffering retaliation for reporting or testifying'],
    ['C6', '追索抚育费而无法执行的未成年人', 'Minor whose child support is unpaid'],
    ['C7', '因道路交通事故等民事侵权致人身伤害的未成年人', 'Minor injured by a civil tort'],
    ['C8', '其他需要救助的未成年人', 'Other minor in need of aid'],
  ],
  {
    validFrom: '2018-02-27',
    validTo: null,
    basis: '最高检关于全面加强未成年人国家司法救助工作的意见 2018-02-27 [V S10]; the eight groups [S S10b]',
  },
);

const otherGroups = codeItems(
  [
    ['R1', '因案致贫返贫的农村低收入当事人', 'Low-income rural party impoverished by the case'],
    ['V1', '退役军人、军人军属', 'Veteran or military kin'],
    ['D1', '残疾人', 'Disabled person'],
    ['H1', '命案被害人家庭成员', 'Family member of a homicide victim'],
    ['P1', '涉法涉诉信访人', 'Petitioner in a matter of law or litigation'],
  ],
  { ...always, basis: 'Groups of the published reports [V seed][S S19 S32]' },
);

export const lawCodeSets: readonly CodeSet[] = [
  { name: 'eligibility', title: '救助情形', titleEn: 'Situations of eligibility', items: eligibilityItems },
  { name: 'exclusions', title: '一般不予救助的情形', titleEn: 'Exclusions', items: exclusionItems },
  // Several per person; the Liaoning list of six categories is not published and therefore not here.
  {
    name: 'categories',
    title: '救助对象类别',
    titleEn: 'Categories of beneficiaries',
    items: [...women, ...minors, ...otherGroups],
  },
];
