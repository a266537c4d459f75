// Looks for texts in every file below a directory, as they stand, in UTF-16, in hexadecimal and in base64 at any alignment (P-02).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The characters of base64 that depend on this text alone, for each of the three places it may begin at. */
function base64Forms(text: Buffer): Buffer[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), text])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor(((offset + text.length) * 8) / 6);
    return Buffer.from(encoded.slice(from, to));
  });
}

/** As it stands, in UTF-16, in hexadecimal and in base64 (also that of addresses) at any alignment. */
export function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'utf8');
  const hex = bytes.toString('hex');
  const wide = Buffer.from(text, 'utf16le');
  const base64 = base64Forms(bytes);
  const base64url = base64.map((form) => Buffer.from(form.toString().replaceAll('+', '-').replaceAll('/', '_')));
  return [
    bytes,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    ...base64,
    ...base64url,
  ];
}

export type Finding = { file: string; text: string };

export function scanDirectory(directory: string, texts: readonly string[]): { files: number; findings: Finding[] } {
  const wanted = texts.map((text) => ({ text, forms: formsOf(text) }));
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const findings = files.flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    return wanted
      .filter(({ forms }) => forms.some((form) => content.includes(form)))
      .map(({ text }) => ({ file, text }));
  });
  return { files: files.length, findings };
}
