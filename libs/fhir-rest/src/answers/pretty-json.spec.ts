import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { prettyJson } from './pretty-json.js';

it('writes what JSON.stringify writes with an indent of two', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
    }),
    propertyRuns(100),
  );
});

it('keeps digits, and signs inside texts', () => {
  expect(prettyJson('{"a":[70.50,1.0e2],"b":"{\\"x\\":[1,2]}"}')).toBe(
    '{\n  "a": [\n    70.50,\n    1.0e2\n  ],\n  "b": "{\\"x\\":[1,2]}"\n}',
  );
});

it('takes a text of any length', () => {
  const text = JSON.stringify({ data: '\\"x'.repeat(2_000_000) });
  expect(prettyJson(text).length).toBe(text.length + 5);
});
