// Wire shapes shared by every feature, and `named()`, which makes a schema a component of the OpenAPI document.
import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';
import { UUID_PATTERN } from '../../kernel/ids.ts';
import { NOT_BLANK } from './keywords.ts';

const components = new Map<string, TSchema>();

/** Registers a component once and answers a reference to it; `name` is the OpenAPI schema name. */
export function named<T extends TSchema>(name: string, schema: T): TUnsafe<Static<T>> {
  if (components.has(name)) throw new Error(`schema ${name} is declared twice`);
  components.set(name, { ...schema, $id: name } as T);
  return Type.Unsafe<Static<T>>({ $ref: `${name}#` });
}

export function namedSchemas(): TSchema[] {
  return [...components.values()];
}

/** A string enum with the `type` that Type.Enum leaves out. */
export function Literals<const T extends readonly string[]>(values: T, description?: string): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...(description ? { description } : {}) });
}

export const Nullable = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] });

/** A closed object: unknown members are refused in bodies and never leave in answers. */
export const Closed = <T extends Parameters<typeof Type.Object>[0]>(
  properties: T,
  options: Record<string, unknown> = {},
) => Type.Object(properties, { additionalProperties: false, ...options });

export const Id = Type.String({
  pattern: UUID_PATTERN,
  maxLength: 36,
  description: 'UUIDv7',
  examples: ['0198c2a4-7f00-7000-8000-000000000001'],
});
export const RegionCode = Type.String({
  pattern: '^[0-9]{6}$',
  maxLength: 6,
  description: 'GB/T 2260 region code',
  examples: ['210102'],
});
/** Years 1900 to 2199: what `Date`, PostgreSQL and the working calendar agree on; no leap second, an offset with minutes. */
export const CivilDate = Type.String({
  format: 'date',
  pattern: '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$',
  maxLength: 10,
  description: 'Civil date in Asia/Shanghai',
});
export const Instant = Type.String({
  format: 'date-time',
  pattern: '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$',
  maxLength: 40,
  description: 'RFC 3339 with offset',
});
export const Code = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$', maxLength: 64 });
/** Free text of 1 to `max` characters, not of blanks alone; NUL is refused before validation. */
export const Text = (max = 4000, description?: string) =>
  Type.String({ minLength: 1, maxLength: max, pattern: NOT_BLANK, ...(description ? { description } : {}) });

export const Money = named(
  'Money',
  Closed(
    {
      amount: Type.String({
        pattern: '^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$',
        maxLength: 16,
        description: 'Yuan with two places',
        examples: ['20000.00'],
      }),
      currency: Literals(['CNY'] as const),
    },
    { description: 'Money: a decimal string in yuan, integer fen inside, never a float' },
  ),
);

export const AgencyRef = named(
  'AgencyRef',
  Closed({ id: Id, code: Type.String({ maxLength: 64 }), name: Type.String({ maxLength: 200 }) }),
);
export const OfficerRef = named(
  'OfficerRef',
  Closed({ id: Id, code: Type.String({ maxLength: 64 }), name: Type.String({ maxLength: 100 }) }),
);

export const AvailableAction = named(
  'AvailableAction',
  Closed(
    {
      action: Type.String({ maxLength: 64 }),
      label: Type.String({ maxLength: 100 }),
      method: Type.String({ maxLength: 8 }),
      href: Type.String({ maxLength: 2048 }),
      allowed: Type.Boolean(),
      reasons: Type.Array(Closed({ code: Type.String({ maxLength: 100 }), detail: Type.String({ maxLength: 1000 }) }), {
        maxItems: 20,
      }),
    },
    { description: 'What this caller may do now, and why not' },
  ),
);

export const ProblemSchema = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ format: 'uri', maxLength: 2048 }),
      title: Type.String({ maxLength: 200 }),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      detail: Type.String({ maxLength: 2000 }),
      instance: Type.String({ maxLength: 8192 }),
      code: Type.String({ maxLength: 100 }),
      requestId: Type.String({ maxLength: 64 }),
      remedy: Type.Optional(Type.String({ maxLength: 1000, description: 'How to mend it' })),
      errors: Type.Optional(
        Type.Array(
          Closed({
            pointer: Type.String({ maxLength: 500 }),
            code: Type.String({ maxLength: 100 }),
            detail: Type.String({ maxLength: 1000 }),
          }),
          { maxItems: 100 },
        ),
      ),
    },
    {
      additionalProperties: true,
      description: 'RFC 9457 problem details; further members (`allowed`, `missing`, …) as the code documents',
    },
  ),
);

export const IdParams = Closed({ id: Id });

/** Query of every list; features spread it into their own filters. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'nextCursor of the page before' })),
  includeTotal: Type.Optional(
    Type.Boolean({ default: false, description: 'adds total (exact to 10,000, then totalAtLeast)' }),
  ),
};

export function pageOf<T extends TSchema>(name: string, item: T) {
  return named(
    name,
    Closed({
      items: Type.Array(item, { maxItems: 200 }),
      nextCursor: Nullable(Type.String({ maxLength: 500 })),
      total: Type.Optional(Type.Integer({ minimum: 0 })),
      totalAtLeast: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  );
}
