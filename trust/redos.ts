// S-34: no regular expression of the service and no pattern of its schemas can be made to run long by what somebody sends.
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { check } from 'recheck';
import { type Pattern, schemaPatterns, sourcePatterns } from '../scripts/check/patterns.ts';
import type { Probe } from './probe.ts';

const FORMATS = ['date', 'date-time', 'uri', 'uuid'] as const;
const TIMEOUT_MS = 20_000;

/** Files whose expressions read nothing that a caller sent: told apart in the figure. */
const OWN_TEXT: Readonly<Record<string, string>> = {
  'src/audit/note.ts': 'checkpoints that the service itself exported, or the verifier is given',
  'src/letters/word.ts': 'templates of the operator, made into DOCX once',
  'src/platform/http/docs.ts': 'the page of a package',
  'src/platform/objects/s3.ts': 'a setting',
};

/** The formats that the validator was given, as far as they are expressions. */
const formatPatterns = (): Pattern[] =>
  FORMATS.flatMap((name) => {
    const format: unknown = fullFormats[name];
    const validate: unknown = format instanceof RegExp ? format : (format as { validate?: unknown }).validate;
    if (!(validate instanceof RegExp)) return [];
    return [{ source: validate.source, flags: validate.flags, where: `format ${name}` }];
  });

export const probes: readonly Probe[] = [
  {
    number: 'S-34',
    name: 'regular expressions (recheck)',
    target: '0 vulnerable',
    async run({ seed, say }) {
      const { patterns, composed } = sourcePatterns();
      const all = [...patterns, ...(await schemaPatterns()), ...formatPatterns()];
      const distinct = [...new Map(all.map((pattern) => [`${pattern.flags}/${pattern.source}`, pattern])).values()];
      const detail: string[] = [];
      const own: string[] = [];
      let unknown = 0;
      for (const { source, flags, where } of distinct) {
        // `v` is not known to the checker; it differs from `u` in classes only, and none of ours uses what is new.
        const found = await check(source, flags.replace('v', 'u').replace('d', ''), {
          timeout: TIMEOUT_MS,
          randomSeed: seed,
        });
        if (found.status === 'safe') continue;
        const why = found.status === 'vulnerable' ? found.complexity.summary : JSON.stringify(found.error);
        const line = `${where}: /${source}/${flags} is ${found.status} (${why})`;
        if (OWN_TEXT[where]) {
          own.push(`${line}; it reads ${OWN_TEXT[where]}.`);
          continue;
        }
        if (found.status === 'unknown') unknown += 1;
        detail.push(line);
        say(detail.at(-1) ?? '');
      }
      const vulnerable = detail.length - unknown;
      return {
        figure: `${vulnerable} vulnerable, ${unknown} undecided of ${distinct.length} distinct in ${all.length} places; ${composed.length} put together from constants; ${own.length} slow ones that no caller reaches`,
        met: detail.length === 0,
        detail: [
          ...detail,
          ...own,
          ...(composed.length > 0
            ? [`Put together at run time from constants: ${[...new Set(composed)].join(', ')}.`]
            : []),
        ],
      };
    },
  },
];
