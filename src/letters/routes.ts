// Letters of a clue, a case or a referral as HTML or DOCX, from templates that a province can replace.
import { Type } from 'typebox';
import { attachment } from '../platform/http/attachment.ts';
import { Closed, Id, Literals } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { enums } from '../reference/enums.ts';
import { LETTER_FORMATS, LETTER_PLACES, LETTER_TYPES, type LetterPlaceName } from './domain.ts';
import type { LetterModel } from './model.ts';
import { writeLetter } from './service.ts';
import type { Letters } from './templates.ts';

const binary = { type: 'string', format: 'binary', contentMediaType: LETTER_TYPES.docx, maxLength: 20_971_520 };

const letterResponse = {
  description: 'The letter, as an attachment 文书',
  content: {
    [LETTER_TYPES.html]: { schema: { type: 'string', maxLength: 1_048_576, description: 'an HTML page 网页' } },
    [LETTER_TYPES.docx]: { schema: { ...binary, description: 'a DOCX file 文字处理文档' } },
  },
};

const fileName = (letter: keyof typeof enums.letters.values, model: LetterModel, format: string) =>
  `${enums.letters.values[letter][0]} ${String(model.number)}.${format}`;

function letterRoute(app: App, place: LetterPlaceName, letters: Letters): void {
  const { path, resource, permission, letters: offered, operation, name } = LETTER_PLACES[place];
  const names = offered.map((letter) => `\`${letter}\` ${enums.letters.values[letter][0]}`).join(', ');
  app.get(
    `/v1/${path}/:id/letters/:letter`,
    {
      config: { permission, resource },
      schema: {
        operationId: operation,
        tags: ['Documents'],
        summary: `Letter on ${name[1]} ${name[0]}`,
        description: `${names}. It shows in clear what the caller sees in clear on the resource, and is on record as that. 文书内容的脱敏与查看该资源一致。`,
        params: Closed({ id: Id, letter: Literals(offered) }),
        querystring: Type.Object({ format: Type.Optional(Literals(LETTER_FORMATS)) }),
        response: { 200: letterResponse, ...(place === 'case' ? { 409: notReady } : {}) },
      },
    },
    async (req, reply) => {
      const { id, letter } = req.params;
      const format = req.query.format ?? 'html';
      const model = await req.lookUp((tx) => writeLetter[place](tx, id, letter));
      reply.header('content-disposition', attachment(fileName(letter, model, format)));
      const charset = format === 'html' ? '; charset=utf-8' : '';
      return reply.type(`${LETTER_TYPES[format]}${charset}`).send(letters(letter, format, model)) as never;
    },
  );
}

const notReady = {
  description: 'The case has not been decided 案件尚未决定',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};

export function letterRoutes(app: App, letters: Letters): void {
  for (const place of Object.keys(LETTER_PLACES) as LetterPlaceName[]) letterRoute(app, place, letters);
}
