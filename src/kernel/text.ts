// Folding of full-width typing (０-９, Ａ-Ｚ, －, ＋, blanks) to ASCII: Chinese input methods produce it in every form field.

/** Full-width ASCII variants and the ideographic space to their half-width form; everything else stays. */
export function toHalfWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ');
}
