// Types of documents by their content, and what a sender says that the content contradicts.
import { describe, expect, test } from '@jest/globals';
import PizZip from 'pizzip';
import { contradiction, DOCUMENT_TYPES, sniff, zipMembers } from '../../src/documents/sniff.ts';

function archive(...names: string[]): Buffer {
  const zip = new PizZip();
  for (const name of names) zip.file(name, 'x'.repeat(50));
  return zip.generate({ type: 'nodebuffer' });
}

const CONTENT: readonly (readonly [string, Buffer])[] = [
  ['pdf', Buffer.from('%PDF-1.7\n')],
  ['jpg', Buffer.from('ffd8ffe000104a46494600', 'hex')],
  ['png', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
  ['tif', Buffer.from('49492a0008000000', 'hex')],
  ['heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')],
  ['docx', archive('[Content_Types].xml', '_rels/.rels', 'word/document.xml')],
  ['xlsx', archive('[Content_Types].xml', 'xl/workbook.xml', 'xl/printerSettings/printerSettings1.bin')],
  ['ofd', archive('OFD.xml', 'Doc_0/Document.xml')],
];

const typeOf = (content: Buffer) => sniff({ head: content.subarray(0, 64), tail: content.subarray(-131_072) });

test('each type of the list is known by its content', () => {
  expect(CONTENT.map(([, content]) => typeOf(content)?.extensions[0])).toEqual(CONTENT.map(([extension]) => extension));
  expect(DOCUMENT_TYPES.map(({ extensions }) => extensions[0])).toEqual(CONTENT.map(([extension]) => extension));
});

describe('is no document', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['HTML', Buffer.from('<html><script>alert(1)</script>')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an ELF program', Buffer.from('7f454c46', 'hex')],
    ['a Windows program', Buffer.from('MZ')],
    ['a PDF that begins with something else', Buffer.from('<html>%PDF-1.4')],
    ['an archive of files', archive('a.txt')],
    ['a DOCX with macros', archive('[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin')],
    ['a DOCX with a program in it', archive('word/document.xml', 'word/setup.EXE')],
    ['an archive without its directory', archive('word/document.xml').subarray(0, 80)],
    [
      'an archive whose directory lies',
      Buffer.concat([archive('word/document.xml').subarray(0, -10), Buffer.alloc(10, 0xff)]),
    ],
  ])('%s', (_name, content) => {
    expect(typeOf(content)).toBeUndefined();
  });
});

test('members are read to the end of what the tail holds, and never beyond it', () => {
  const whole = archive('word/document.xml', 'b.xml');
  const head = whole.subarray(0, 64);
  expect(zipMembers({ head, tail: whole })).toEqual(expect.arrayContaining(['word/document.xml', 'b.xml']));
  for (let cut = 1; cut < whole.length; cut += 7) {
    const members = zipMembers({ head, tail: whole.subarray(cut) });
    if (members) expect(members).toContain('b.xml');
  }
});

describe('what is declared', () => {
  const pdf = typeOf(Buffer.from('%PDF-1.7'));
  const docx = typeOf(archive('word/document.xml'));
  const jpeg = typeOf(Buffer.from('ffd8ff', 'hex'));
  if (!pdf || !docx || !jpeg) throw new Error('a type is not known');

  test.each([
    [pdf, 'application/pdf', 'a.pdf', undefined],
    [pdf, 'APPLICATION/PDF', 'A.PDF', undefined],
    [pdf, 'application/octet-stream', null, undefined],
    [pdf, 'application/octet-stream', '扫描件', undefined],
    [jpeg, 'image/jpg', '照片.JPEG', undefined],
    [docx, 'application/zip', 'a.docx', undefined],
    [pdf, 'image/png', 'a.pdf', 'image/png'],
    [pdf, 'text/html', 'a.pdf', 'text/html'],
    [pdf, 'application/pdf', 'a.exe', '.exe'],
    [jpeg, 'image/jpeg', 'a.pdf', '.pdf'],
    [docx, 'application/octet-stream', 'a.docm', '.docm'],
  ])('%# agrees or is named', (type, declared, name, expected) => {
    expect(contradiction(type, declared, name)).toBe(expected);
  });
});
