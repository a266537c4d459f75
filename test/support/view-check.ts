// Holds every view against the schema of its route before serialization, which would hide wrong enums and extra members.
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { ViewCheck } from '../../src/platform/http/command.ts';
import { namedSchemas } from '../../src/platform/http/schema.ts';

export function createViewCheck(): ViewCheck {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  for (const schema of namedSchemas()) ajv.addSchema(schema, String((schema as { $id?: string }).$id));
  const compiled = new Map<string, ValidateFunction>();
  return (route, status, view) => {
    const schema = (route.schema as { response?: Record<string, object> }).response?.[status];
    if (!schema) throw new Error(`${route.method} ${route.url} declares no ${status}`);
    const name = `${route.method} ${route.url} ${status}`;
    const validate = compiled.get(name) ?? ajv.compile(schema);
    compiled.set(name, validate);
    if (!validate(view)) throw new Error(`${name} does not fit its schema: ${ajv.errorsText(validate.errors)}`);
  };
}
