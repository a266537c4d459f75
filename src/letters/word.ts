// A DOCX template made from an HTML one: headings, paragraphs and tables become WordprocessingML, the places of values stay
// where they are. So both formats of a letter say the same, and no generated file needs to be kept.
import PizZip from 'pizzip';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const DOCUMENT_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

const PARTS: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${DOCUMENT_TYPE}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${DOCUMENT_TYPE}.styles+xml"/></Types>`,
  '_rels/.rels': `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>`,
  'word/_rels/document.xml.rels': `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  'word/styles.xml': `${HEAD}<w:styles xmlns:w="${WORD}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="28"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>`,
};

const BORDERS = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV']
  .map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
  .join('');

/** Text of HTML is text of XML but for the named characters that only HTML knows. */
const plain = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', '\u00a0')
    .replace(/\s*\n\s*/g, '')
    .trim();

function paragraph(
  html: string,
  { align, bold, size }: { align?: string; bold?: boolean; size?: number } = {},
): string {
  const place = align ? `<w:pPr><w:jc w:val="${align}"/></w:pPr>` : '';
  const look = `${bold ? '<w:b/>' : ''}${size ? `<w:sz w:val="${size}"/>` : ''}`;
  const run = `<w:r>${look ? `<w:rPr>${look}</w:rPr>` : ''}<w:t xml:space="preserve">${plain(html)}</w:t></w:r>`;
  return `<w:p>${place}${run}</w:p>`;
}

function cell(tag: string, attributes: string, html: string): string {
  const span = /colspan="(\d{1,2})"/.exec(attributes)?.[1];
  const properties = `<w:tcPr>${span ? `<w:gridSpan w:val="${span}"/>` : ''}</w:tcPr>`;
  return `<w:tc>${properties}${paragraph(html, { bold: tag === 'th', size: 24 })}</w:tc>`;
}

/** A repetition of rows begins in the first cell and ends in the last one: between rows WordprocessingML has no place for it. */
const intoRows = (html: string) =>
  html
    .replace(/(\{\{[#^][\w.]+\}\})\s*(<tr>\s*<t[dh][^>]*>)/g, '$2$1')
    .replace(/(<\/t[dh]>\s*<\/tr>)\s*(\{\{\/[\w.]+\}\})/g, '$2$1');

function table(html: string): string {
  const rows = [...intoRows(html).matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) => {
    const cells = [...row.matchAll(/<(t[dh])([^>]*)>(.*?)<\/\1>/gs)];
    return `<w:tr>${cells.map(([, tag = '', attributes = '', inner = '']) => cell(tag, attributes, inner)).join('')}</w:tr>`;
  });
  const properties = `<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>${BORDERS}</w:tblBorders></w:tblPr><w:tblGrid/>`;
  return `<w:tbl>${properties}${rows.join('')}</w:tbl>`;
}

const BLOCKS =
  /<h1[^>]*>(?<title>.*?)<\/h1>|<p(?<attributes>[^>]*)>(?<text>.*?)<\/p>|<table[^>]*>(?<rows>.*?)<\/table>|(?<tag>\{\{[#^/][\w.]+\}\})/gs;

function block({ title, attributes = '', text, rows, tag }: Readonly<Record<string, string | undefined>>): string {
  if (title !== undefined) return paragraph(title, { align: 'center', bold: true, size: 44 });
  if (rows !== undefined) return table(rows);
  if (tag !== undefined) return paragraph(tag);
  const align = /class="(right|center)"/.exec(attributes)?.[1];
  return paragraph(text ?? '', align ? { align } : {});
}

/** The template as a DOCX: a ZIP archive in memory. */
export function wordTemplate(html: string): Buffer {
  const body = /<body[^>]*>(.*)<\/body>/s.exec(html)?.[1] ?? html;
  const blocks = [...body.matchAll(BLOCKS)].map((match) => block(match.groups ?? {}));
  const page =
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1701" w:right="1417" w:bottom="1417" w:left="1417" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>';
  const zip = new PizZip();
  for (const [name, content] of Object.entries(PARTS)) zip.file(name, content);
  zip.file(
    'word/document.xml',
    `${HEAD}<w:document xmlns:w="${WORD}"><w:body>${blocks.join('')}${page}</w:body></w:document>`,
  );
  return zip.generate({ type: 'nodebuffer' });
}
