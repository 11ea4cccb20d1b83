type Side = 'only ours refuses' | 'only the reference refuses';

/** Why a difference is right, or known; undefined where it is neither. */
export function reasonOf(side: Side, said: string, what: string): string | undefined {
  return REASONS.find((one) => one.side === side && one.said.test(said) && (one.what?.test(what) ?? true))?.reason;
}

const OURS = 'only ours refuses' as const;

/** The section of R4 that decides; the reference does not look at it. */
const REASONS: readonly {
  readonly side: Side;
  readonly said: RegExp;
  readonly what?: RegExp;
  readonly reason: string;
}[] = [
  { side: OURS, said: /empty|ele-1/, reason: 'R4 json.html: no empty texts, lists and objects' },
  {
    side: OURS,
    said: /./,
    what: /, empty (?:text|list|object)$/,
    reason: 'R4 json.html: no empty texts, lists and objects',
  },
  {
    side: OURS,
    said: /^(?:must be one of|needs a coding|must be a currency|must be a MIME type)/,
    reason: 'R4 terminologies.html#required: codes of required bindings',
  },
  { side: OURS, said: /that exists$/, reason: 'R4 datatypes.html#dateTime: dates exist, times have a zone' },
  {
    side: OURS,
    said: /^must be (?:a code|a URI|an id|a UUID|an OID|a base64)/,
    reason: 'R4 datatypes.html#primitive: forms of primitives',
  },
  {
    side: OURS,
    said: /^has no element called/,
    what: /, second choice$/,
    reason: 'R4 formats.html#choice: only the types that are listed',
  },
  { side: OURS, said: /^only one of its types may stand here/, reason: 'R4 formats.html#choice: one of the types' },
  {
    side: OURS,
    said: /\([a-z]{3}-\d+[a-z]?\)$/,
    reason: 'invariants of R4: the reference leaves out those of data types, ele-1 and dom-3',
  },
  { side: OURS, said: /XHTML|narrative/, reason: 'R4 narrative.html: XHTML, and nothing active in it' },
  { side: OURS, said: /^must refer to/, reason: 'R4 references.html: targets that the element allows' },
  {
    side: OURS,
    said: /^two contained resources/,
    reason: 'R4 references.html#contained: ids of contained resources are unique',
  },
  { side: OURS, said: /^resourceType is missing/, reason: 'R4 json.html: a contained resource has a type' },
];
