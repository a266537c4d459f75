// Masks for everything but standing duty and disclosures (contract §1 "Personal data"); a short value never shows whole.

/** `210***********4321`: first three and last four; documents under 15 characters show the first and the last two only. */
export function maskIdNumber(idNumber: string): string {
  const chars = [...idNumber.trim()];
  if (chars.length >= 15) return covered(chars, 3, 4);
  return chars.length >= 7 ? covered(chars, 1, 2) : '***';
}

/** `138****5678`; a landline shows as much; a shorter number its last two. */
export function maskPhone(phone: string): string {
  const digits = [...phone].filter((char) => char >= '0' && char <= '9');
  if (digits.length >= 11) return `${digits.slice(0, 3).join('')}****${digits.slice(-4).join('')}`;
  return digits.length >= 7 ? `****${digits.slice(-2).join('')}` : '****';
}

/** First character and `*`; a name of one character is covered whole. */
export function maskName(name: string): string {
  const chars = [...name.trim()];
  return chars.length > 1 ? `${chars[0]}*` : '*';
}

/** Last four characters of a bank account; nothing of one under eight. */
export function maskAccount(account: string): string {
  const chars = [...account.replace(/[\s-]/g, '')];
  return chars.length >= 8 ? `****${chars.slice(-4).join('')}` : '****';
}

/** County level: the name of the region stands for the whole address, whose text is not even looked at. */
export function maskAddress(regionName: string | undefined): string {
  return regionName ? `${regionName}***` : '***';
}

function covered(chars: string[], head: number, tail: number): string {
  const stars = '*'.repeat(chars.length - head - tail);
  return `${chars.slice(0, head).join('')}${stars}${chars.slice(-tail).join('')}`;
}
