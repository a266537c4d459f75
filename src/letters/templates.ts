// The templates of letters: those of this service, each replaced by a province's own of the same name (TEMPLATES_DIR).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Docxtemplater from 'docxtemplater';
import Mustache from 'mustache';
import PizZip from 'pizzip';
import { ConfigError } from '../platform/config.ts';
import { LETTERS, type Letter, type LetterFormat } from './domain.ts';
import type { LetterModel } from './model.ts';
import { wordTemplate } from './word.ts';

const SHIPPED = fileURLToPath(new URL('../../templates', import.meta.url));

export type Letters = (letter: Letter, format: LetterFormat, model: LetterModel) => Buffer;

type Tokens = readonly (readonly [type: string, name: string, start: number, end: number, inner?: unknown])[];

/** What would let a text become markup is refused in a template, not only avoided: values are text. */
function checkHtml(tokens: Tokens): void {
  for (const [type, name, , , inner] of tokens) {
    if (type === '&') throw new Error(`{{{${name}}}} would not be escaped: write {{${name}}}`);
    if (type === '>') throw new Error(`{{>${name}}} names another template: there is none`);
    if (Array.isArray(inner)) checkHtml(inner as Tokens);
  }
}

function htmlRenderer(template: string): (model: LetterModel) => Buffer {
  // Sections hold their tokens in the fifth member, as the package documents it; its type says `any`.
  checkHtml(Mustache.parse(template) as unknown as Tokens);
  return (model) => Buffer.from(Mustache.render(template, model), 'utf8');
}

/** `a.b` by own members only, as in the HTML; what the innermost entry does not have is looked for around it. */
const parser = (tag: string) => ({
  get: (scope: unknown): unknown =>
    tag === '.'
      ? scope
      : tag.split('.').reduce<unknown>((value, name) => {
          const members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
          return Object.hasOwn(members, name) ? members[name] : undefined;
        }, scope),
});

function openWord(content: Buffer): Docxtemplater {
  const zip = new PizZip(content);
  const text = (zip.file(/^word\/.*\.xml$/) ?? []).map((part) => part.asText().replace(/<[^>]*>/g, '')).join('\n');
  if (/\{\{\s*@/.test(text)) throw new Error('{{@…}} would not be escaped: write the name without @');
  const delimiters = { start: '{{', end: '}}' };
  return new Docxtemplater(zip, {
    delimiters,
    paragraphLoop: true,
    linebreaks: true,
    nullGetter: () => '',
    parser,
    errorLogging: false,
  });
}

/** Each letter opens the template anew: rendering consumes it. */
function docxRenderer(content: Buffer): (model: LetterModel) => Buffer {
  openWord(content);
  return (model) => openWord(content).render(model).toBuffer();
}

type Renderers = Readonly<Record<LetterFormat, (model: LetterModel) => Buffer>>;

function load(letter: Letter, own: string | undefined): Renderers {
  const ofProvince = (extension: string) => {
    const path = own === undefined ? undefined : join(own, `${letter}.${extension}`);
    return path !== undefined && existsSync(path) ? path : undefined;
  };
  const html = readFileSync(ofProvince('html') ?? join(SHIPPED, `${letter}.html`), 'utf8');
  const docx = ofProvince('docx');
  return { html: htmlRenderer(html), docx: docxRenderer(docx ? readFileSync(docx) : wordTemplate(html)) };
}

/** Templates of one's own are tried at the start: one that cannot be used is a sentence then, not an error later. */
export function openLetters(own: string | undefined): Letters {
  const known = new Map<Letter, Renderers>();
  const of = (letter: Letter): Renderers => {
    const found = known.get(letter) ?? load(letter, own);
    known.set(letter, found);
    return found;
  };
  if (own !== undefined) {
    if (!existsSync(own)) throw new ConfigError(['TEMPLATES_DIR names a directory that is not there.']);
    const problems = LETTERS.flatMap((letter) => {
      try {
        of(letter);
        return [];
      } catch (error) {
        return [
          `TEMPLATES_DIR holds a template for ${letter} that cannot be used (${(error as Error).message}): mend it.`,
        ];
      }
    });
    if (problems.length > 0) throw new ConfigError(problems);
  }
  return (letter, format, model) => of(letter)[format](model);
}
