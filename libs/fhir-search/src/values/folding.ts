/** Of a longer text only the beginning is searched: an index entry is bounded. UTF-16 units, at most three bytes of UTF-8 each. */
export const MAX_FOLDED = 500;
/** Text is folded up to here before it is cut; marks and spaces that fall away are rarely more than the rest. */
const MAX_READ = 20 * MAX_FOLDED;
// eslint-disable-next-line no-control-regex -- the range of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;

/**
 * Text as strings are compared (R4 search.html#string): lower case, without accents, with single spaces. At most {@link MAX_FOLDED} long;
 * what is compared with it must be folded in the same way.
 */
export function fold(text: string): string {
  const read = text.length > MAX_READ ? text.slice(0, MAX_READ) : text;
  const plain = ASCII.test(read)
    ? read.toLowerCase()
    : // Lower case may make marks (İ becomes i and a dot), and marks away may make another letter lower: hence in this order.
      read
        .normalize('NFD')
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{M}+/gu, '');
  const spaced = /\s\s|^\s|\s$|[^\S ]/.test(plain) ? plain.replace(/\s+/g, ' ').trim() : plain;
  return cutAt(spaced, MAX_FOLDED);
}

/** The first units of a text, never half of a surrogate pair, and no space at the end. */
function cutAt(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length).trimEnd();
}
