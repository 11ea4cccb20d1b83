/** Words that docs/writing.md replaces, where no other meaning is likely. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:tells?|told)\b(?! (?:apart|from))/gi, 'emit, report or say'],
  [/\b(?:kept|keeps?|keeping) (?:\w+ )?quiet\b/gi, 'suppress'],
  [/\bgrave(?:r|st)?\b/gi, 'severe, of higher severity'],
  [/\bdoors?\b/gi, 'gateway'],
  [/\b(?:taken?|takes|took) off\b/gi, 'filter out, subtract'],
  [/\bspeaks? for\b/gi, 'evaluate, suggest'],
  [/\bcan not\b/gi, 'cannot'],
  [/\bhears?\b/gi, 'receive, be notified'],
  [/\bbur(?:y|ies|ied)\b/gi, 'dead-letter'],
  [/\b(?:foresees?|foreseen|foresaw|unforeseen)\b/gi, 'predict, forecast'],
  [/\blain on\b/gi, 'under pressure'],
  [/\bin the hands of\b/gi, 'assigned to'],
  [/\bbeliev(?:ed|able|es)\b/gi, 'accept, trust, cache, assume'],
];

export interface Prose {
  readonly line: number;
  readonly text: string;
}

/** What people read in a file: all of a document; comments and test titles of code. */
export function proseOf(path: string, content: string): readonly Prose[] {
  const lines = content.split('\n').map((text, index) => ({ line: index + 1, text }));
  if (path.endsWith('.md')) return lines;
  return lines.flatMap(({ line, text }) => {
    const comment = /^\s*(?:\/\*\*?|\*|\/\/)(.*)$|\s\/\/ (.*)$/.exec(text);
    const title = /\b(?:it|describe)(?:\.each\(.*\))?\(\s*(['"`])(.*?)\1/.exec(text);
    return [comment?.[1] ?? comment?.[2], title?.[2]].flatMap((found) =>
      found === undefined ? [] : [{ line, text: found }],
    );
  });
}

/** Each word to be replaced, and by what; names in backquotes and targets of links are left out. */
export function plainWordsOf(text: string): readonly { readonly word: string; readonly instead: string }[] {
  const plain = text.replace(/`[^`]*`/g, '').replace(/\]\([^)]*\)/g, ']');
  return WORDS.flatMap(([word, instead]) => [...plain.matchAll(word)].map(([found]) => ({ word: found, instead })));
}
