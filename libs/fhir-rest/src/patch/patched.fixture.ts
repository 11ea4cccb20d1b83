import { parseJson, stringifyJson, type Json, type JsonObject } from '#libs/domain/fhir';
import { applyPatch, readPatch } from './apply-patch.js';

/** An operation as Parameters have it: `value` is the member of the part, such as `{ valueDate: '1930-01-01' }`. */
export function operation(type: string, path: string, more: Readonly<Record<string, unknown>> = {}): object {
  const { name, index, source, destination, value } = more;
  return {
    name: 'operation',
    part: [
      { name: 'type', valueCode: type },
      { name: 'path', valueString: path },
      ...(name === undefined ? [] : [{ name: 'name', valueString: name }]),
      ...Object.entries({ index, source, destination }).flatMap(([part, number]) =>
        number === undefined ? [] : [{ name: part, valueInteger: number }],
      ),
      ...(value === undefined ? [] : [{ name: 'value', ...(value as object) }]),
    ],
  };
}

/** The members of the resource after the operations, or the status and code of the refusal. */
export function patched(resource: object, ...operations: readonly object[]): unknown {
  const type = (resource as { resourceType?: string }).resourceType ?? 'Patient';
  const text = JSON.stringify({ resourceType: type, id: 'x', ...resource });
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  const read = readPatch({ resourceType: 'Parameters', parameter: operations } as unknown as Json, type);
  const result = read.ok ? applyPatch(parsed.value as JsonObject, read.patch) : read;
  if (!result.ok) return `${result.status} ${result.issue.code}`;
  const { resourceType: _, id: __, ...members } = JSON.parse(stringifyJson(result.resource)) as Record<string, unknown>;
  return members;
}

export const identifiers = (...values: readonly number[]): object => ({
  identifier: values.map((n) => ({ system: 'http://example.org', value: `value ${n}` })),
});
export const third = { valueIdentifier: { system: 'http://example.org', value: 'value 3' } };
