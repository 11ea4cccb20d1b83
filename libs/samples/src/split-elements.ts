/**
 * The texts of the items of a JSON array that does not parse as a whole, or undefined when its outer structure is broken as well
 * (brackets that do not close, text after the end). Only brackets and strings are looked at.
 */
export function splitElements(text: string): string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return undefined;
  const elements: string[] = [];
  const open: string[] = [];
  let start = 1;
  for (let at = 1; at < trimmed.length - 1; at++) {
    const char = trimmed[at];
    if (char === '"') {
      const end = stringEnd(trimmed, at);
      if (end === -1) return undefined;
      at = end;
    } else if (char === '{' || char === '[') {
      open.push(char === '{' ? '}' : ']');
    } else if (char === '}' || char === ']') {
      if (open.pop() !== char) return undefined;
    } else if (char === ',' && open.length === 0) {
      elements.push(trimmed.slice(start, at));
      start = at + 1;
    }
  }
  if (open.length > 0) return undefined;
  elements.push(trimmed.slice(start, -1));
  return elements;
}

function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length - 1; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}
