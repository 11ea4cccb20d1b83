import { PatchFault } from '../patch-fault.js';

export type Comparison = '=' | '!=' | '~' | '!~' | '<' | '>' | '<=' | '>=';

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'string' | 'number' | 'date'; readonly text: string }
  | { readonly kind: 'comparison'; readonly text: Comparison }
  | { readonly kind: 'sign'; readonly text: string };

/** Longer paths than this are none that a person wrote. */
const MAX_PATH = 2_000;

const TOKEN =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*|\$this|%resource)|`([^`\\]*)`|('(?:[^'\\]|\\.)*')|@([0-9T:+.Z-]+)|(\d+(?:\.\d+)?)|(!=|!~|<=|>=|[=~<>])|([.()[\]]))/suy;

/** @throws PatchFault 400 where the text is no FHIRPath that a patch may have */
export function readTokens(text: string): readonly Token[] {
  if (text.length > MAX_PATH) {
    throw new PatchFault(400, 'too-long', `a path may have at most ${MAX_PATH} characters`);
  }
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) throw new PatchFault(400, 'invalid', 'the path holds what FHIRPath has not, or not here');
    tokens.push(tokenOf(match));
  }
  if (tokens.length === 0) throw new PatchFault(400, 'invalid', 'the path is empty');
  return tokens;
}

function tokenOf([, name, delimited, string, date, number, comparison, sign]: RegExpExecArray): Token {
  if (name !== undefined) return { kind: 'name', text: name, quoted: false };
  if (delimited !== undefined) return { kind: 'name', text: delimited, quoted: true };
  if (string !== undefined) return { kind: 'string', text: unescaped(string.slice(1, -1)) };
  if (date !== undefined) return { kind: 'date', text: date };
  if (number !== undefined) return { kind: 'number', text: number };
  if (comparison !== undefined) return { kind: 'comparison', text: comparison as Comparison };
  return { kind: 'sign', text: sign ?? '' };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** FHIRPath §2.1.6.5 */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (ESCAPES[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
