// Unified social credit codes of organisations, GB 32100-2015: alphabet without I O S V Z, check character modulo 31.
import { toHalfWidth } from './text.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

export function normaliseCreditCode(text: string): string {
  return toHalfWidth(text).trim().toUpperCase();
}

export function isCreditCode(text: string): boolean {
  const code = normaliseCreditCode(text);
  return code.length === 18 && hasAlphabet(code) && checkCharacter(code) === code.at(-1);
}

/** Appends the check character to 17 characters: only for synthetic organisations. */
export function completeCreditCode(first17: string): string {
  if (first17.length !== 17 || !hasAlphabet(first17))
    throw new RangeError('a credit code is completed from 17 characters');
  return first17 + checkCharacter(first17);
}

function hasAlphabet(code: string): boolean {
  return [...code].every((char) => ALPHABET.includes(char));
}

function checkCharacter(code: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * ALPHABET.indexOf(code.charAt(index)), 0);
  // The outer modulo is needed: a sum divisible by 31 would otherwise ask for a 32nd character.
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}
