// Content-Disposition of a download: the true name in UTF-8 (RFC 8187) beside a plain one for clients that know only that.

const escaped = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export function attachment(fileName: string): string {
  const name = fileName.toWellFormed();
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  return `attachment; filename="document${extension}"; filename*=UTF-8''${escaped(name)}`;
}
