import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { MAX_NESTING, parseJson, stringifyJson } from './json.js';

function roundTrip(text: string): string {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  return stringifyJson(parsed.value);
}

describe('FHIR JSON', () => {
  it.each(['70.50', '1.0e2', '-0', '0.10', '1E5', '12345678901234567890.123456789', '1e-400', '5', '-3.25'])(
    'keeps the digits of %s',
    (number) => expect(roundTrip(`{"value":${number}}`)).toBe(`{"value":${number}}`),
  );

  it('ignores a byte-order mark and space', () => {
    expect(roundTrip('\ufeff \n{ "a" : [ 1 , null , true ] }\r\n')).toBe('{"a":[1,null,true]}');
  });

  it.each([
    ['', 'empty'],
    ['{', 'name in double quotes'],
    ['{"a":1,}', 'name in double quotes'],
    ['[1,]', 'value is expected'],
    ['{"a" 1}', 'colon'],
    ['{"a":1 "b":2}', 'comma'],
    ['nul', 'value is expected'],
    ['NaN', 'value is expected'],
    ['{"a":Infinity}', 'value is expected'],
    ['{"a":1e400}', 'out of range'],
    ['{"a":-1e400}', 'out of range'],
    ['{"a":01}', 'comma'],
    ['{"a":1,"a":2}', 'twice'],
    ['{"__proto__":1}', 'no FHIR element'],
    ['{"a":"\\u0000"}', 'NUL'],
    ['{"a":"\u0000"}', 'control character'],
    ['{"a":"\\ud800"}', 'surrogate'],
    ['{"a":"\\x41"}', 'escape'],
    ['{"a":"x', 'ends inside a string'],
    ['{} {}', 'after the end'],
    ['['.repeat(10_000) + ']'.repeat(10_000), `deeper than ${MAX_NESTING}`],
    ['{"a":'.repeat(100_000), `deeper than ${MAX_NESTING}`],
  ])('refuses %#', (text, why) => {
    const parsed = parseJson(text);
    expect(parsed).toMatchObject({
      ok: false,
      error: { code: 'structure', diagnostics: expect.stringContaining(why) },
    });
  });

  it('reports line and column, and repeats nothing of the text', () => {
    const parsed = parseJson('{\n  "secretName": Smith\n}');
    expect(parsed).toMatchObject({ ok: false });
    if (!parsed.ok) {
      expect(parsed.error.diagnostics).toContain('(line 2, column 17)');
      expect(parsed.error.diagnostics).not.toMatch(/Smith|secretName/);
    }
  });

  it('reads what JSON.stringify writes, and writes it back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__') || /\\ud[89a-f]/.test(text) || text.includes('\\u0000')) return;
        expect(JSON.parse(roundTrip(text))).toEqual(JSON.parse(text));
      }),
      propertyRuns(100),
    );
  });

  it('never throws, whatever the text', () => {
    // Any code points, lone halves of pairs among them.
    const points = fc.array(fc.integer({ min: 0, max: 0x10ffff }));
    fc.assert(
      fc.property(points, (codes) => void parseJson(String.fromCodePoint(...codes))),
      propertyRuns(100),
    );
  });
});
