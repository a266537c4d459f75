// Chinese telephone numbers as people write them (+86, blanks, dashes, brackets, full-width digits), in one stored form.
import { toHalfWidth } from './text.ts';

export type Phone = { kind: 'mobile' | 'landline'; number: string };

const COUNTRY_CODE = /^(?:\+|00)86/;
const EXTENSION = /(?:转|ext\.?|#|(?<=\d{7})-)\s*(\d{1,5})$/i;
const MOBILE = /^(?:86)?(1[3-9]\d{9})$/;
// Area codes: 010 and 02x carry eight digits, the others seven or eight; a subscriber number starts with 2 to 8.
const LANDLINE = /^(?:(010|02\d)([2-8]\d{7})|(0[3-9]\d{2})([2-8]\d{6,7}))$/;

/** `number` is `13812345678`, `024-22851234` or `024-22851234-801` with an extension; undefined if it is no Chinese number. */
export function parsePhone(text: string): Phone | undefined {
  const written = toHalfWidth(text).trim().replace(/[‐-―]/g, '-');
  const bare = digitsOf(written);
  const mobile = bare && MOBILE.exec(bare)?.[1];
  if (mobile) return { kind: 'mobile', number: mobile };
  const landline = landlineOf(bare) ?? landlineWithExtension(written);
  return landline ? { kind: 'landline', number: landline } : undefined;
}

export function normalisePhone(text: string): string | undefined {
  return parsePhone(text)?.number;
}

export function isPhone(text: string): boolean {
  return parsePhone(text) !== undefined;
}

/** Digits with the trunk zero that an international form leaves out; undefined if anything but digits remains. */
function digitsOf(written: string): string | undefined {
  const compact = written.replace(/[\s()-]/g, '');
  const national = compact.replace(COUNTRY_CODE, '');
  const trunkMissing = national !== compact && !national.startsWith('0') && !MOBILE.test(national);
  return /^\d+$/.test(national) ? (trunkMissing ? '0' : '') + national : undefined;
}

/** Asked only of what is no number as a whole, so that the last group of 024-2285-1234 is not taken for an extension. */
function landlineWithExtension(written: string): string | undefined {
  const extension = EXTENSION.exec(written);
  const base = extension && landlineOf(digitsOf(written.slice(0, extension.index)));
  return base ? `${base}-${extension[1]}` : undefined;
}

function landlineOf(digits: string | undefined): string | undefined {
  const match = digits ? LANDLINE.exec(digits) : null;
  if (!match) return undefined;
  return match[1] ? `${match[1]}-${match[2]}` : `${match[3]}-${match[4]}`;
}
