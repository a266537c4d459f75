// Which type a file is, by its content alone: an explicit list, so that nothing enters that an office cannot open safely.

export type DocumentType = {
  mediaType: string;
  /** The first is given to a file without one. */
  extensions: readonly string[];
  /** Other names under which programs declare it. */
  aliases?: readonly string[];
  is: (content: Sniffed) => boolean;
};

/** The beginning of a file, and its end: a ZIP archive lists its members there. */
export type Sniffed = { head: Buffer; tail: Buffer };

export const HEAD_BYTES = 64;
export const TAIL_BYTES = 131_072;

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const begins =
  (magic: Buffer, at = 0) =>
  ({ head }: Sniffed) =>
    head.subarray(at, at + magic.length).equals(magic);

const END_OF_DIRECTORY = hex('504b0506');
const DIRECTORY_ENTRY = 0x02014b50;

/** The names of a ZIP archive's members by its central directory; undefined where the tail does not hold all of it. */
export function zipMembers({ head, tail }: Sniffed): string[] | undefined {
  if (!begins(hex('504b0304'))({ head, tail })) return undefined;
  const end = tail.lastIndexOf(END_OF_DIRECTORY);
  if (end < 0 || end + 22 > tail.length) return undefined;
  const [count, size] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12)];
  const names: string[] = [];
  for (let at = end - size; names.length < count; ) {
    if (at < 0 || at + 46 > end || tail.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const length = tail.readUInt16LE(at + 28);
    names.push(tail.subarray(at + 46, at + 46 + length).toString('utf8'));
    at += 46 + length + tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
  }
  return names;
}

const MACROS = /vbaProject\.bin$|\.(?:exe|dll|js|vbs|bat)$/i;

/** An archive that holds `member`, and nothing that runs when somebody opens the file. */
const archive = (member: RegExp) => (content: Sniffed) => {
  const names = zipMembers(content) ?? [];
  return names.some((name) => member.test(name)) && !names.some((name) => MACROS.test(name));
};

const HEIF_BRANDS = ['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1'];
const OOXML = 'application/vnd.openxmlformats-officedocument';

export const DOCUMENT_TYPES: readonly DocumentType[] = [
  { mediaType: 'application/pdf', extensions: ['pdf'], is: begins(Buffer.from('%PDF-')) },
  {
    mediaType: 'image/jpeg',
    extensions: ['jpg', 'jpeg'],
    aliases: ['image/jpg', 'image/pjpeg'],
    is: begins(hex('ffd8ff')),
  },
  { mediaType: 'image/png', extensions: ['png'], is: begins(hex('89504e470d0a1a0a')) },
  {
    mediaType: 'image/tiff',
    extensions: ['tif', 'tiff'],
    is: (content) => begins(hex('49492a00'))(content) || begins(hex('4d4d002a'))(content),
  },
  {
    mediaType: 'image/heic',
    extensions: ['heic', 'heif'],
    aliases: ['image/heif'],
    is: ({ head }) =>
      head.subarray(4, 8).toString('latin1') === 'ftyp' &&
      HEIF_BRANDS.includes(head.subarray(8, 12).toString('latin1')),
  },
  {
    mediaType: `${OOXML}.wordprocessingml.document`,
    extensions: ['docx'],
    aliases: ['application/zip'],
    is: archive(/^word\/document\.xml$/),
  },
  {
    mediaType: `${OOXML}.spreadsheetml.sheet`,
    extensions: ['xlsx'],
    aliases: ['application/zip'],
    is: archive(/^xl\/workbook\.xml$/),
  },
  // GB/T 33190-2016: the fixed-layout format of official documents.
  { mediaType: 'application/ofd', extensions: ['ofd'], aliases: ['application/zip'], is: archive(/^OFD\.xml$/) },
];

export const ACCEPTED_EXTENSIONS = DOCUMENT_TYPES.flatMap(({ extensions }) => extensions.slice(0, 1));

export const sniff = (content: Sniffed): DocumentType | undefined => DOCUMENT_TYPES.find((type) => type.is(content));

/** Programs that know nothing of a file declare this, which says nothing. */
const UNDECLARED = ['application/octet-stream', 'text/plain', 'binary/octet-stream'];

/** What the sender said that the content contradicts: its media type, or the extension of its name. */
export function contradiction(type: DocumentType, declaredType: string, fileName: string | null): string | undefined {
  const declared = declaredType.toLowerCase();
  const agrees =
    declared === type.mediaType || (type.aliases ?? []).includes(declared) || UNDECLARED.includes(declared);
  if (!agrees) return declared;
  const extension = /\.([A-Za-z0-9]{1,10})$/.exec(fileName ?? '')?.[1]?.toLowerCase();
  return extension === undefined || type.extensions.includes(extension) ? undefined : `.${extension}`;
}
