/** JSON text with a line for each member (`_pretty`). Works on the text, which has no spaces, so that the digits of decimals stay. */
export function prettyJson(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  let isAfterOpening = false;
  const line = (): void => void parts.push('\n', '  '.repeat(depth));
  for (let at = 0; at < text.length;) {
    const end = endOfToken(text, at);
    const token = text.slice(at, end);
    at = end;
    const isClosing = token === '}' || token === ']';
    if (isClosing) depth -= 1;
    // An empty list or object stays on its line.
    if (isClosing !== isAfterOpening) line();
    isAfterOpening = token === '{' || token === '[';
    if (isAfterOpening) depth += 1;
    parts.push(token);
    if (token === ',') line();
    if (token === ':') parts.push(' ');
  }
  return parts.join('');
}

const SIGNS = '{}[],:';

// No regular expression: one that steps over strings fails on strings of some million characters.
function endOfToken(text: string, from: number): number {
  const first = text[from] ?? '';
  if (SIGNS.includes(first)) return from + 1;
  if (first === '"') return endOfString(text, from);
  let end = from + 1;
  while (end < text.length && !SIGNS.includes(text[end] ?? '')) end += 1;
  return end;
}

function endOfString(text: string, from: number): number {
  let end = from + 1;
  for (; end < text.length && text[end] !== '"'; end += 1) if (text[end] === '\\') end += 1;
  return end + 1;
}
