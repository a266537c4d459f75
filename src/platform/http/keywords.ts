// What each keyword of JSON Schema asks for, in Chinese; the English is Ajv's own sentence (contract §1 Errors).
import type { Detail } from '../../kernel/problem.ts';

/** The pattern of free text: blanks alone say nothing. */
export const NOT_BLANK = '\\S';

export type Params = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<string, string>> = {
  string: '字符串',
  integer: '整数',
  number: '数字',
  boolean: '布尔值',
  object: '对象',
  array: '数组',
  null: '空值 null',
};
const COMPARISONS: Readonly<Record<string, string>> = {
  '>=': '不得小于',
  '<=': '不得大于',
  '>': '须大于',
  '<': '须小于',
};

const typesOf = ({ type }: Params): string =>
  [type]
    .flat()
    .flatMap((name) => String(name).split(','))
    .map((name) => TYPES[name] ?? name)
    .join('或');
const compared = ({ comparison, limit }: Params) => `${COMPARISONS[String(comparison)] ?? '超出允许的范围'} ${limit}`;
const repeated = ({ i, j }: Params) => {
  const [first, second] = [Number(i), Number(j)].sort((a, b) => a - b).map((at) => at + 1);
  return `第 ${first} 项与第 ${second} 项重复`;
};
const contained = ({ minContains }: Params) => `至少须有 ${minContains} 项符合要求`;
const dependent = ({ missingProperty, property }: Params) => `有 ${property} 时须有 ${missingProperty}`;

/** Every keyword by which Ajv can refuse; a test holds the list against Ajv's own. */
export const KEYWORDS: Readonly<Record<string, (params: Params) => string>> = {
  type: (p) => `类型须为${typesOf(p)}`,
  required: (p) => `缺少必填字段 ${p.missingProperty}`,
  additionalProperties: () => '不允许有此字段',
  unevaluatedProperties: () => '不允许有此字段',
  enum: () => '不是允许的值',
  const: () => '不是规定的值',
  minLength: (p) => `不得少于 ${p.limit} 个字符`,
  maxLength: (p) => `不得超过 ${p.limit} 个字符`,
  pattern: (p) => `格式须符合 "${p.pattern}"`,
  format: (p) => `格式须为 "${p.format}"`,
  minimum: compared,
  maximum: compared,
  exclusiveMinimum: compared,
  exclusiveMaximum: compared,
  multipleOf: (p) => `须为 ${p.multipleOf} 的倍数`,
  minItems: (p) => `不得少于 ${p.limit} 项`,
  maxItems: (p) => `不得超过 ${p.limit} 项`,
  additionalItems: (p) => `不得超过 ${p.limit} 项`,
  items: (p) => `不得超过 ${p.limit} 项`,
  unevaluatedItems: (p) => `不得超过 ${p.len} 项`,
  uniqueItems: repeated,
  contains: contained,
  minProperties: (p) => `不得少于 ${p.limit} 个字段`,
  maxProperties: (p) => `不得超过 ${p.limit} 个字段`,
  propertyNames: (p) => `字段名 ${p.propertyName} 不合规`,
  dependencies: dependent,
  dependentRequired: dependent,
  anyOf: () => '不符合任何一种允许的形式',
  oneOf: () => '须恰好符合一种允许的形式',
  not: () => '属于不允许的形式',
  if: (p) => `不符合条件要求 "${p.failingKeyword}"`,
  discriminator: (p) => `无法按 ${p.tag} 确定形式`,
  'false schema': () => '此处不允许有任何值',
};

/** The sentence for a keyword that refused, in both languages. */
export function keywordDetail(keyword: string | undefined, params: Params, message: string | undefined): Detail {
  if (keyword === 'pattern' && params.pattern === NOT_BLANK) return ['不得只有空白字符', 'must not be blank'];
  const chinese = KEYWORDS[keyword ?? '']?.(params) ?? '不符合要求';
  return [chinese.slice(0, 300), (message ?? 'invalid').slice(0, 300)];
}
