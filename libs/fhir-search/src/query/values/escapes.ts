/**
 * Values of a search are written with separators (`,` alternatives, `$` parts of a composite, `|` system and code), which `\` makes
 * ordinary characters (R4 search.html#escaping). A backslash before any other character is illegal.
 */
export type Separator = ',' | '$' | '|';

const ESCAPED = /\\([,$|\\])/g;
const ILLEGAL = /^(?:[^\\]|\\[,$|\\])*\\(?:[^,$|\\]|$)/;

/** The pieces between separators that are not escaped; their own escapes stay, for a further split or {@link unescape}. */
export function splitAt(text: string, separator: Separator): readonly string[] {
  if (!text.includes(separator)) return [text];
  const pieces: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === separator) {
      pieces.push(text.slice(start, at));
      start = at + 1;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}

/** Whether a backslash stands before something that it does not escape, or at the end. */
export function hasIllegalEscape(text: string): boolean {
  return text.includes('\\') && ILLEGAL.test(text);
}

export function unescape(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPED, '$1') : text;
}

/** Text as it must be written in a search to be taken as it is. */
export function escape(text: string): string {
  return text.replace(/[,$|\\]/g, '\\$&');
}
