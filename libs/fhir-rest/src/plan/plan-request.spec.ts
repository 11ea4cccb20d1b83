import { describe, expect, it } from '@jest/globals';
import { parseJson, stringifyJson, type JsonObject } from '#libs/domain/fhir';
import { planRequest } from './plan-request.js';

const URN = 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001';
const PATIENT = { resourceType: 'Patient' };
const OBSERVATION = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };

function plan(type: string, ...entry: readonly object[]) {
  const parsed = parseJson(JSON.stringify({ resourceType: 'Bundle', type, entry }));
  if (!parsed.ok) throw new Error('a test bundle is JSON');
  let next = 0;
  return planRequest(parsed.value as JsonObject, () => `new-${++next}`).steps;
}

function post(resource: { readonly resourceType: string }, fullUrl?: string): object {
  return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType } };
}

function textOf(step: unknown): string {
  return stringifyJson((step as { resource: JsonObject }).resource);
}

describe('planRequest', () => {
  it('gives ids and points references at them, forward and backward', () => {
    const steps = plan(
      'transaction',
      post({ ...OBSERVATION, subject: { reference: URN }, focus: [{ reference: URN }] } as never),
      post(PATIENT, URN),
    );
    expect(steps.map((step) => [step.kind, step.index])).toEqual([
      ['create', 1],
      ['create', 0],
    ]);
    expect(textOf(steps[1])).toContain(
      '"subject":{"reference":"Patient/new-2"},"focus":[{"reference":"Patient/new-2"}]',
    );
  });

  it('rewrites the ids that the sender gave to new resources', () => {
    const steps = plan(
      'transaction',
      post({ ...PATIENT, id: 'theirs' } as never, 'http://example.org/Patient/theirs'),
      post({ ...OBSERVATION, subject: { reference: 'Patient/theirs' } } as never),
      post({ ...OBSERVATION, subject: { reference: 'http://example.org/Patient/theirs' } } as never),
    );
    expect(textOf(steps[1])).toContain('"reference":"Patient/new-1"');
    expect(textOf(steps[2])).toContain('"reference":"Patient/new-1"');
  });

  it('rewrites narrative links and leaves identifiers alone', () => {
    const div = `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${URN}">x</a></div>`;
    const [, step] = plan(
      'transaction',
      post(PATIENT, URN),
      post({
        ...OBSERVATION,
        text: { status: 'generated', div },
        identifier: [{ system: 'urn:ietf:rfc:3986', value: URN }],
      } as never),
    );
    expect(textOf(step)).toContain('href=\\"Patient/new-1\\"');
    expect(textOf(step)).toContain(`"value":"${URN}"`);
  });

  it('refuses references between the entries of a batch, and leaves other urns', () => {
    const other = URN.replace('1', '2');
    const steps = plan(
      'batch',
      post(PATIENT, URN),
      post({ ...OBSERVATION, subject: { reference: URN } } as never),
      post({ ...OBSERVATION, subject: { reference: other } } as never),
    );
    expect(steps[1]).toMatchObject({
      kind: 'refused',
      status: 422,
      issues: [{ code: 'business-rule', expression: ['Bundle.entry[1].resource.subject.reference'] }],
    });
    expect(textOf(steps[2])).toContain(other);
  });

  it('keeps the order of a batch, and sorts a transaction by what takes effect first', () => {
    const entries = [
      { request: { method: 'GET', url: 'Patient/a' } },
      { resource: { ...OBSERVATION, id: 'o' }, request: { method: 'PUT', url: 'Observation/o' } },
      { resource: { ...PATIENT, id: 'p' }, request: { method: 'PUT', url: 'Patient/p' } },
      { request: { method: 'DELETE', url: 'Patient/b' } },
    ];
    expect(plan('batch', ...entries).map((step) => step.index)).toEqual([0, 1, 2, 3]);
    expect(plan('transaction', ...entries).map((step) => step.index)).toEqual([3, 2, 1, 0]);
  });

  it('takes If-Match from the entry', () => {
    const [step] = plan('transaction', { request: { method: 'DELETE', url: 'Patient/b', ifMatch: 'W/"2"' } });
    expect(step).toMatchObject({ kind: 'delete', ifMatch: 'W/"2"' });
  });

  it('refuses a bundle with what a bundle has not', () => {
    const parsed = parseJson('{"resourceType":"Bundle","type":"transaction","_type":{"id":"x"},"entries":[]}');
    const made = (): unknown => planRequest(parsed.ok ? (parsed.value as JsonObject) : {}, () => 'x');
    const issue = [{ code: 'structure', expression: ['Bundle'], diagnostics: 'Bundle has no element called entries' }];
    expect(made).toThrow(
      expect.objectContaining({
        status: 400,
        outcome: expect.objectContaining({ issue: [expect.objectContaining(issue[0]!)] }),
      }),
    );
  });
});
