// Validators and serializers, each made at its first use and only with the components it reaches: made at the start, all
// together, they cost 12 s for a hundred routes, because every serializer checks every component of the document again.
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import build, { type Schema } from 'fast-json-stringify';
import type { FastifyInstance } from 'fastify';
import { namedSchemas } from './schema.ts';

function makeAjv(coerce: boolean): Ajv {
  const ajv = new Ajv({
    removeAdditional: false,
    useDefaults: true,
    coerceTypes: coerce,
    allErrors: false,
    strict: false,
    allowUnionTypes: true,
  });
  formats.default(ajv, { mode: 'full' });
  for (const schema of namedSchemas()) ajv.addSchema(schema, String((schema as { $id?: string }).$id));
  return ajv;
}

type Validate = ((data: unknown) => boolean) & { errors?: ValidateFunction['errors'] };

function lazyValidator(schema: object, ajvFor: () => Ajv): Validate {
  let made: ValidateFunction | undefined;
  const validate: Validate = (data) => {
    made ??= ajvFor().compile(schema);
    const valid = made(data) as boolean;
    validate.errors = made.errors;
    return valid;
  };
  return validate;
}

type Serialize = (data: unknown) => string;

/** The components that a schema names, and those that they name. */
function reached(text: string, components: ReadonlyMap<string, string>): Record<string, Schema> {
  const found = new Map<string, string>();
  const waiting = [text];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    for (const [, name = ''] of part.matchAll(/"\$ref":"([^"#]+)#"/g)) {
      const component = components.get(name);
      if (component === undefined || found.has(name)) continue;
      found.set(name, component);
      waiting.push(component);
    }
  }
  return Object.fromEntries([...found].map(([name, json]) => [name, JSON.parse(json) as Schema]));
}

/** What a view may hold is decided by its schema: members that it does not name never leave. */
function serializerSource(): (schema: object) => Serialize {
  let components: Map<string, string> | undefined;
  const made = new Map<string, Serialize>();
  return (schema) => {
    let text: string | undefined;
    return (data) => {
      text ??= JSON.stringify(schema);
      let serialize = made.get(text);
      if (!serialize) {
        components ??= new Map(
          namedSchemas().map((s) => [String((s as { $id?: string }).$id), JSON.stringify(s)] as const),
        );
        serialize = build(JSON.parse(text), { schema: reached(text, components) }) as Serialize;
        made.set(text, serialize);
      }
      return serialize(data);
    };
  };
}

/** Bodies are never coerced; parameters and queries, which are text, are. Headers are read by their own parsers. */
export function useLazyCompilers(app: Pick<FastifyInstance, 'setValidatorCompiler' | 'setSerializerCompiler'>): void {
  const validators = new Map<boolean, Ajv>();
  const ajvFor = (coerce: boolean): Ajv => {
    const ajv = validators.get(coerce) ?? makeAjv(coerce);
    validators.set(coerce, ajv);
    return ajv;
  };
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    if (httpPart === 'headers') return () => true;
    return lazyValidator(schema, () => ajvFor(httpPart !== 'body'));
  });
  const serializerFor = serializerSource();
  app.setSerializerCompiler<object>(({ schema }) => serializerFor(schema));
}
