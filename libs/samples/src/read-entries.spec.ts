import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { type Entry, LineReader, readJson, readPayload } from './read-entries.js';
import { kept } from './refusal.js';
import { splitElements } from './split-elements.js';

function brief(entries: readonly Entry[]): unknown[] {
  return entries.map((entry) => (entry.kind === 'refused' ? [entry.index, entry.code] : [entry.index, entry.raw]));
}

describe('LineReader', () => {
  const line = fc.oneof(fc.json({ maxDepth: 1 }), fc.constantFrom('', ' ', '{"a":', '{"é":"🫀"}', '\r'));

  it('reads the same lines wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(40), { maxLength: 20 }),
        fc.boolean(),
        (lines, cuts, newline) => {
          const bytes = Buffer.from(lines.join('\n') + (newline ? '\n' : ''));
          const whole = new LineReader();
          const expected = [...whole.push(bytes), ...whole.end()];
          const reader = new LineReader();
          const entries: Entry[] = [];
          let at = 0;
          for (const cut of cuts) {
            entries.push(...reader.push(bytes.subarray(at, at + cut)));
            at += cut;
          }
          entries.push(...reader.push(bytes.subarray(at)), ...reader.end());
          expect(brief(entries)).toEqual(brief(expected));
        },
      ),
    );
  });

  it('refuses a line that is too long, and only that', () => {
    const reader = new LineReader(10);
    const entries = [
      ...reader.push(Buffer.from('{"a":1}\n{"b":"xxxxxxxx')),
      ...reader.push(Buffer.from('xxx"}\n[1]')),
      ...reader.end(),
    ];
    expect(brief(entries)).toEqual([
      [0, { a: 1 }],
      [1, 'line-too-long'],
      [2, [1]],
    ]);
  });

  it('refuses a line that is no UTF-8, and only that', () => {
    const reader = new LineReader();
    const bytes = Buffer.concat([Buffer.from('1\n"'), Buffer.from([0xff]), Buffer.from('"\n2\n')]);
    expect(brief(reader.push(bytes))).toEqual([
      [0, 1],
      [1, 'text-invalid'],
      [2, 2],
    ]);
  });

  it('counts blank lines', () => {
    const reader = new LineReader();
    expect(brief(reader.push(Buffer.from('1\n\n \r\n2\n')))).toEqual([
      [0, 1],
      [3, 2],
    ]);
  });
});

describe('readJson', () => {
  it('reads the items around broken ones', () => {
    const read = readJson('[{"a":1},{"b":NaN},{"c":-Infinity,"d":"NaN"},{"e":"NaN",x},{"f":"],["}]');
    if (!read.ok) throw new Error(read.message);
    expect(brief(read.entries)).toEqual([
      [0, { a: 1 }],
      [1, 'value-not-finite'],
      [2, 'value-not-finite'],
      [3, 'malformed-json'],
      [4, { f: '],[' }],
    ]);
  });

  it.each([
    '',
    ' ',
    '[',
    '[1',
    '[{"a":1}',
    '[{"a":1}}]',
    '[{"a":1]]',
    '["a]',
    'NaN',
    '5',
    '"x"',
    'null',
    '[1,2]]',
    '[x]',
  ])('cannot read %j', (text) => {
    expect(readJson(text).ok).toBe(false);
  });

  it('agrees with JSON.parse on the items of every array that parses', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (items) => {
        const elements = splitElements(JSON.stringify(items));
        expect(elements?.map((element) => JSON.parse(element) as unknown)).toEqual(JSON.parse(JSON.stringify(items)));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => void readJson(`[${text}]`)),
      propertyRuns(2_000),
    );
  });
});

describe('readPayload', () => {
  it.each<[string, unknown[]]>([
    ['{"a":1}', [[0, { a: 1 }]]],
    [
      '[{"a":1},{"b":2}]',
      [
        [0, { a: 1 }],
        [1, { b: 2 }],
      ],
    ],
    [
      '{"a":1}\n{"b":2}\n',
      [
        [0, { a: 1 }],
        [1, { b: 2 }],
      ],
    ],
    [
      '{"a":1}\nx\n',
      [
        [0, { a: 1 }],
        [1, 'malformed-json'],
      ],
    ],
  ])('%j', (text, expected) => {
    const read = readPayload(Buffer.from(text));
    expect(read.ok && brief(read.entries)).toEqual(expected);
  });
});

describe('kept', () => {
  it('makes of anything what PostgreSQL takes as jsonb, and short', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (raw) => {
        const copy = kept(JSON.parse(JSON.stringify(raw ?? null) ?? 'null'));
        for (const text of textsOf(copy)) {
          expect(text).not.toContain('\u0000');
          expect(text.isWellFormed()).toBe(true);
        }
      }),
      propertyRuns(500),
    );
    expect(
      JSON.stringify(
        kept({
          deep: JSON.parse('['.repeat(10_000) + ']'.repeat(10_000)),
          long: 'x'.repeat(1e6),
          many: Array(1e5).fill(1),
        }),
      ).length,
    ).toBeLessThan(1_000);
    expect(kept({ a: '\u0000\ud800' })).toEqual({ a: '\ufffd\ufffd' });
  });
});

/** Every text in a value: names of fields and values. The JSON form is no oracle: it writes a backslash of the sender's as `\\\\`. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}
