// Money: integer fen inside, a decimal string in yuan with two places on the wire, never a float (contract §1).

export type Money = { amount: string; currency: 'CNY' };

/** Largest amount that is read: 15 digits of fen, which every column, sum and JSON reader still holds exactly. */
export const MAX_FEN = 999_999_999_999_999n;

/** The contract's wire form as a JSON Schema pattern: no sign, no leading zero, exactly two decimals, at most 15 digits. */
export const YUAN_PATTERN = '^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$';
const YUAN = new RegExp(YUAN_PATTERN);

/** '20000.00' → 2000000n fen; undefined for every other spelling. */
export function parseYuan(text: string): bigint | undefined {
  return YUAN.test(text) ? BigInt(text.replace('.', '')) : undefined;
}

/** 2000000n fen → '20000.00'; a negative balance or correction carries its sign. */
export function formatYuan(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function toMoney(fen: bigint): Money {
  return { amount: formatYuan(fen), currency: 'CNY' };
}
