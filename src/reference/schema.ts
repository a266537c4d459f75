// Wire shapes of code sets.
import { type Static, Type } from 'typebox';
import { CivilDate, Closed, Nullable, named, pageOf, pageQuery } from '../platform/http/schema.ts';
import type { CodeSet } from './code-item.ts';

const NAME_PATTERN = '^[a-z]+(-[a-z]+)*$';
const described = {
  name: Type.String({ pattern: NAME_PATTERN, maxLength: 64, examples: ['measures'] }),
  title: Type.String({ maxLength: 100 }),
  titleEn: Type.String({ maxLength: 100 }),
  itemCount: Type.Integer({ minimum: 1 }),
};

export const CodeSetParams = Closed({ name: described.name });
export const CodeSetQuery = Type.Object(pageQuery);
export const CodeSetItem = named('CodeSetItem', Closed(described));
export const CodeSetPage = pageOf('CodeSetPage', CodeSetItem);

const CodeItemView = named(
  'CodeItem',
  Closed(
    {
      code: Type.String({ maxLength: 64 }),
      name: Type.String({ maxLength: 200 }),
      nameEn: Type.String({ maxLength: 200 }),
      validFrom: Nullable(CivilDate),
      validTo: Nullable(CivilDate),
      basis: Type.String({
        maxLength: 300,
        description: 'source and mark: [V] verified, [S] secondary, [A] assumption',
      }),
      agencyKind: Type.Optional(
        Type.String({ maxLength: 64, description: 'measures only: the kind of agency that delivers it' }),
      ),
    },
    { description: 'Valid from and to include both days; null is open' },
  ),
);
export const CodeSetView = named(
  'CodeSet',
  Closed({ ...described, items: Type.Array(CodeItemView, { maxItems: 5000 }) }),
);

export function toCodeSetItem({ name, title, titleEn, items }: CodeSet): Static<typeof CodeSetItem> {
  return { name, title, titleEn, itemCount: items.length };
}

export function toCodeSetView(set: CodeSet): Static<typeof CodeSetView> {
  const items = set.items.map(({ code, name, nameEn, validFrom, validTo, basis, agencyKind }) => ({
    ...{ code, name, nameEn, validFrom, validTo, basis },
    ...(agencyKind ? { agencyKind } : {}),
  }));
  return { ...toCodeSetItem(set), items };
}
