// Templates of a province: HTML and DOCX replace the shipped ones one by one; one that is broken or unsafe stops the start.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import PizZip from 'pizzip';
import { openLetters } from '../../src/letters/templates.ts';
import { wordTemplate } from '../../src/letters/word.ts';
import { ConfigError } from '../../src/platform/config.ts';

let own = '';
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'letters-'));
});
afterEach(() => rmSync(own, { recursive: true, force: true }));

const put = (name: string, content: string | Buffer) => writeFileSync(join(own, name), content);
const xmlOf = (docx: Buffer) => new PizZip(docx).file('word/document.xml')?.asText() ?? '';
const MODEL = { number: 'CL-1', subjects: [{ name: '<甲>' }, { name: '乙' }], facts: '一\n二' };

function problemsOf(): readonly string[] {
  try {
    openLetters(own);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('an own HTML template replaces the shipped one, and the DOCX is made from it', () => {
  put('clue-transfer.html', '<body><h1>辽宁省{{number}}</h1>{{#subjects}}<p>{{name}}</p>{{/subjects}}</body>');
  const letters = openLetters(own);
  expect(letters('clue-transfer', 'html', MODEL).toString()).toBe(
    '<body><h1>辽宁省CL-1</h1><p>&lt;甲&gt;</p><p>乙</p></body>',
  );
  const xml = xmlOf(letters('clue-transfer', 'docx', MODEL));
  expect([...xml.matchAll(/<w:t[^>]*>([^<]*)/g)].map(([, text]) => text)).toEqual(['辽宁省CL-1', '&lt;甲&gt;', '乙']);
  expect(letters('decision', 'html', { number: '1' }).toString()).toContain('国家司法救助决定书');
});

test('an own DOCX replaces the DOCX only; tags that a word processor has split still count', () => {
  const split = (xml: string) => xml.replace('{{number}}', '{{num</w:t></w:r><w:r><w:t>ber}}');
  const zip = new PizZip(wordTemplate('<body><p>{{number}}</p></body>'));
  zip.file('word/document.xml', split(zip.file('word/document.xml')?.asText() ?? ''));
  put('clue-transfer.docx', zip.generate({ type: 'nodebuffer' }));
  const letters = openLetters(own);
  expect(xmlOf(letters('clue-transfer', 'docx', MODEL)).replace(/<[^>]+>/g, '')).toContain('CL-1');
  expect(letters('clue-transfer', 'html', MODEL).toString()).toContain('司法救助线索移送函');
});

test('rows repeat inside their table', () => {
  put(
    'clue-transfer.html',
    '<table><tr><th>名</th><th>号</th></tr>\n{{#subjects}}\n<tr><td>{{name}}</td><td>x</td></tr>\n{{/subjects}}\n</table>',
  );
  const xml = xmlOf(openLetters(own)('clue-transfer', 'docx', MODEL));
  expect(xml.match(/<w:tr>/g)).toHaveLength(3);
  expect(xml).not.toContain('{{');
});

test('what would let text become markup is refused at the start, as is what cannot be read', () => {
  put('clue-transfer.html', '<p>{{{facts}}}</p>');
  put('decision.html', '{{#a}}<p>{{&facts}}</p>{{/a}}');
  put('approval-form.html', '<p>{{#open}}</p>');
  put('social-assistance-proposal.docx', 'no archive');
  expect(problemsOf().map((line) => line.split(' that')[0])).toEqual([
    'TEMPLATES_DIR holds a template for clue-transfer',
    'TEMPLATES_DIR holds a template for social-assistance-proposal',
    'TEMPLATES_DIR holds a template for approval-form',
    'TEMPLATES_DIR holds a template for decision',
  ]);
});

test('raw XML in a DOCX is refused, split or not', () => {
  put('decision.docx', wordTemplate('<body><p>{{@facts}}</p></body>'));
  expect(problemsOf()).toEqual([expect.stringMatching(/^TEMPLATES_DIR holds a template for decision .*\{\{@…\}\}/)]);
});
