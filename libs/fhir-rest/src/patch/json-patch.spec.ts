import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { parseJson, stringifyJson, type Json, type JsonObject } from '#libs/domain/fhir';
import { applyPatch, readPatch } from './apply-patch.js';
import { applyJsonPatch, readJsonPatch } from './json-patch.js';
import { copyOf } from './mutable-json.js';
import { Budget, PatchFault } from './patch-fault.js';

function parsed(text: string): Json {
  const result = parseJson(text);
  if (!result.ok) throw new Error(result.error.diagnostics);
  return result.value;
}

/** The document after the patch, or the status of the refusal. */
function patched(document: string, patch: string): string | number {
  const budget = new Budget(1e6);
  try {
    const operations = readJsonPatch(parsed(patch));
    return stringifyJson(applyJsonPatch(copyOf(parsed(document), budget), operations, 'Basic', budget));
  } catch (fault) {
    if (fault instanceof PatchFault) return fault.status;
    throw fault;
  }
}

describe('RFC 6902, appendix A', () => {
  it.each<[string, string, string, string | number]>([
    ['A.1', '{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux"}]', '{"foo":"bar","baz":"qux"}'],
    ['A.2', '{"foo":["bar","baz"]}', '[{"op":"add","path":"/foo/1","value":"qux"}]', '{"foo":["bar","qux","baz"]}'],
    ['A.3', '{"baz":"qux","foo":"bar"}', '[{"op":"remove","path":"/baz"}]', '{"foo":"bar"}'],
    ['A.4', '{"foo":["bar","qux","baz"]}', '[{"op":"remove","path":"/foo/1"}]', '{"foo":["bar","baz"]}'],
    ['A.5', '{"baz":"qux","foo":"bar"}', '[{"op":"replace","path":"/baz","value":"boo"}]', '{"baz":"boo","foo":"bar"}'],
    [
      'A.6',
      '{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}',
      '[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]',
      '{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}',
    ],
    [
      'A.7',
      '{"foo":["all","grass","cows","eat"]}',
      '[{"op":"move","from":"/foo/1","path":"/foo/3"}]',
      '{"foo":["all","cows","eat","grass"]}',
    ],
    [
      'A.8',
      '{"baz":"qux","foo":["a",2,"c"]}',
      '[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]',
      '{"baz":"qux","foo":["a",2,"c"]}',
    ],
    ['A.9', '{"baz":"qux"}', '[{"op":"test","path":"/baz","value":"bar"}]', 422],
    [
      'A.10',
      '{"foo":"bar"}',
      '[{"op":"add","path":"/child","value":{"grandchild":{}}}]',
      '{"foo":"bar","child":{"grandchild":{}}}',
    ],
    ['A.11', '{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux","xyz":123}]', '{"foo":"bar","baz":"qux"}'],
    ['A.12', '{"foo":"bar"}', '[{"op":"add","path":"/baz/bat","value":"qux"}]', 422],
    ['A.14', '{"/":9,"~1":10}', '[{"op":"test","path":"/~01","value":10}]', '{"/":9,"~1":10}'],
    ['A.15', '{"/":9,"~1":10}', '[{"op":"test","path":"/~01","value":"10"}]', 422],
    [
      'A.16',
      '{"foo":["bar"]}',
      '[{"op":"add","path":"/foo/-","value":["abc","def"]}]',
      '{"foo":["bar",["abc","def"]]}',
    ],
  ])('%s', (_, document, patch, result) => expect(patched(document, patch)).toBe(result));

  it('A.13: an operation with two ops is no JSON that is taken', () => {
    expect(parseJson('[{"op":"add","path":"/baz","value":"qux","op":"remove"}]').ok).toBe(false);
  });
});

describe('a JSON Patch', () => {
  it.each<[string, string, string, string | number]>([
    ['replaces the whole', '{"a":1}', '[{"op":"add","path":"","value":{"b":2}}]', '{"b":2}'],
    ['replaces a member by add', '{"a":1}', '[{"op":"add","path":"/a","value":null}]', '{"a":null}'],
    ['adds at the end by index', '{"a":[1]}', '[{"op":"add","path":"/a/1","value":2}]', '{"a":[1,2]}'],
    ['refuses an index beyond the end', '{"a":[1]}', '[{"op":"add","path":"/a/2","value":2}]', 422],
    ['refuses an index with a zero in front', '{"a":[1,2]}', '[{"op":"replace","path":"/a/01","value":9}]', 422],
    ['refuses an index that is none', '{"a":[1]}', '[{"op":"remove","path":"/a/length"}]', 422],
    ['refuses a replacement at a name of an array', '{"a":[1]}', '[{"op":"replace","path":"/a/x","value":1}]', 422],
    ['refuses to remove the item behind the last', '{"a":[1]}', '[{"op":"remove","path":"/a/-"}]', 422],
    ['refuses to replace what is absent', '{"a":1}', '[{"op":"replace","path":"/b","value":1}]', 422],
    ['finds nothing of a prototype', '{"a":{}}', '[{"op":"test","path":"/a/toString","value":1}]', 422],
    ['sets no prototype', '{"a":{}}', '[{"op":"add","path":"/a/__proto__","value":{"x":1}}]', 422],
    ['reads no prototype', '{"a":{}}', '[{"op":"copy","from":"/a/__proto__","path":"/b"}]', 422],
    ['goes into no number', '{"a":1.50}', '[{"op":"add","path":"/a/text","value":"2"}]', 422],
    ['moves nothing into itself', '{"a":{"b":1}}', '[{"op":"move","from":"/a","path":"/a/b"}]', 422],
    ['moves to the same place', '{"a":{"b":1}}', '[{"op":"move","from":"/a","path":"/a"}]', '{"a":{"b":1}}'],
    ['keeps digits', '{"a":70.50,"c":1}', '[{"op":"copy","from":"/a","path":"/b"}]', '{"a":70.50,"c":1,"b":70.50}'],
    ['writes digits', '{"a":1}', '[{"op":"replace","path":"/a","value":1.0e2}]', '{"a":1.0e2}'],
    ['compares numbers by value', '{"a":70.50}', '[{"op":"test","path":"/a","value":7.05e1}]', '{"a":70.50}'],
    [
      'compares all digits',
      '{"a":12345678901234567890.1}',
      '[{"op":"test","path":"/a","value":12345678901234567890.2}]',
      422,
    ],
    ['compares zeros', '{"a":-0}', '[{"op":"test","path":"/a","value":0.00}]', '{"a":-0}'],
    [
      'compares objects in any order',
      '{"a":{"b":1,"c":[2]}}',
      '[{"op":"test","path":"/a","value":{"c":[2],"b":1}}]',
      '{"a":{"b":1,"c":[2]}}',
    ],
    ['compares null with null only', '{"a":null}', '[{"op":"test","path":"/a","value":{}}]', 422],
    ['leaves out what it emptied', '{"a":[{"b":{"c":[1]}}],"d":1}', '[{"op":"remove","path":"/a/0/b/c/0"}]', '{"d":1}'],
    ['leaves other empty things', '{"a":[],"b":[1]}', '[{"op":"remove","path":"/b/0"}]', '{"a":[]}'],
    [
      'fills again what it emptied',
      '{"a":[1]}',
      '[{"op":"remove","path":"/a/0"},{"op":"add","path":"/a/-","value":2}]',
      '{"a":[2]}',
    ],
    ['takes the empty name', '{"":1}', '[{"op":"replace","path":"/","value":2}]', '{"":2}'],
    ['needs an array', '{}', '{"op":"add"}', 400],
    ['needs an op', '{}', '[{"path":"/a"}]', 400],
    ['needs a known op', '{}', '[{"op":"spam","path":"/a"}]', 400],
    ['needs a value', '{}', '[{"op":"add","path":"/a"}]', 400],
    ['needs a path', '{}', '[{"op":"remove"}]', 400],
    ['needs a from', '{}', '[{"op":"move","path":"/a"}]', 400],
    ['needs a pointer', '{}', '[{"op":"remove","path":"a"}]', 400],
    ['needs known escapes', '{}', '[{"op":"remove","path":"/~2"}]', 400],
  ])('%s', (_, document, patch, result) => expect(patched(document, patch)).toBe(result));

  it('never throws, and changes nothing that others have', () => {
    const key = fc.constantFrom('a', 'b', '0', '1', '-', '__proto__', 'constructor', '~0', '~1', '');
    const pointer = fc.array(key, { maxLength: 4 }).map((tokens) => tokens.map((token) => `/${token}`).join(''));
    const operation = fc.record(
      {
        op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
        path: pointer,
        from: pointer,
        value: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: ['op', 'path'] },
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', '0'), fc.jsonValue({ maxDepth: 3 })),
        fc.array(operation, { maxLength: 8 }),
        (document, operations) => {
          const resource = { resourceType: 'Basic', id: 'x', ...document } as JsonObject;
          const before = JSON.stringify([resource, operations]);
          const read = readPatch(operations as Json, 'Basic');
          if (read.ok) applyPatch(resource, read.patch);
          expect(JSON.stringify([resource, operations])).toBe(before);
          expect(({} as Record<string, unknown>)['x']).toBeUndefined();
        },
      ),
      propertyRuns(100),
    );
  });
});

describe('what a patch may cost', () => {
  const resource = { resourceType: 'Basic', id: 'x', a: ['0123456789'] } as JsonObject;
  const apply = (operations: Json): unknown => {
    const read = readPatch(operations, 'Basic');
    return read.ok ? applyPatch(resource, read.patch) : read;
  };

  it('ends copies of copies', () => {
    const doubled = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
    const started = process.cpuUsage().user;
    expect(apply(doubled)).toMatchObject({ ok: false, status: 422 });
    expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  });

  it('ends texts that are copied', () => {
    const long = { resourceType: 'Basic', id: 'x', a: 'x'.repeat(1_000_000) };
    const read = readPatch(
      Array.from({ length: 100 }, (_, at) => ({ op: 'copy', from: '/a', path: `/b${at}` })),
      'Basic',
    );
    expect(read.ok && applyPatch(long, read.patch)).toMatchObject({ ok: false, issue: { code: 'too-costly' } });
  });

  it('bounds operations and depth', () => {
    expect(apply(Array.from({ length: 1_001 }, () => ({ op: 'remove', path: '/a' })))).toMatchObject({ status: 413 });
    const nested = Array.from({ length: 70 }, (_, at) => ({ op: 'add', path: '/b'.repeat(at + 1), value: {} }));
    expect(apply(nested)).toMatchObject({ ok: false, status: 422, issue: { code: 'too-costly' } });
  });

  it('keeps type and id', () => {
    for (const path of ['/id', '/resourceType']) {
      for (const op of [
        { op: 'replace', path, value: 'Patient' },
        { op: 'remove', path },
      ]) {
        expect(apply([op])).toMatchObject({ ok: false, status: 422, issue: { code: 'business-rule' } });
      }
    }
    expect(apply([{ op: 'replace', path: '', value: 7 }])).toMatchObject({ ok: false, status: 422 });
  });
});
