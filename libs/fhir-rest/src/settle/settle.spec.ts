import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { propertyRuns } from '#libs/testing/properties';
import { planRequest } from '../plan/plan-request.js';
import type { Step } from '../plan/step.js';
import type { CurrentResource, FhirKnown } from '../repository/resources.js';
import { decide } from '../decide/decide.js';
import type { Decision } from '../decide/decision.js';
import { lookupsWith } from '../decide/condition-lookups.js';
import { lookupsOf } from '../decide/lookups.js';
import { Finder } from '../decide/finder.js';

const NOW = Date.UTC(2026, 0, 1);

type Resource = { readonly resourceType: string; readonly id?: string } & Record<string, unknown>;

function patient(identifier: string, more: object = {}): Resource {
  return { resourceType: 'Patient', identifier: [{ system: 's', value: identifier }], ...more };
}

function post(resource: Resource, ifNoneExist?: string, fullUrl?: string): object {
  return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType, ifNoneExist } };
}

function put(url: string, resource: Resource, more: object = {}): object {
  return { resource, request: { method: 'PUT', url, ...more } };
}

function remove(url: string): object {
  return { request: { method: 'DELETE', url } };
}

function plan(type: 'transaction' | 'batch', entry: readonly object[]): readonly Step[] {
  const parsed = parseJson(JSON.stringify({ resourceType: 'Bundle', type, entry }));
  if (!parsed.ok) throw new Error('a test bundle is JSON');
  let next = 0;
  return planRequest(parsed.value as JsonObject, () => `new-${++next}`).steps;
}

/** What the database would answer, with these resources in it. */
function knownOf(steps: readonly Step[], stored: readonly Resource[]): FhirKnown {
  const finder = new Finder({ matches: new Map() }, new Set(stored.map(({ resourceType }) => resourceType)));
  for (const one of stored) finder.put(one.resourceType, one.id ?? '', one as unknown as JsonObject);
  const lookups = lookupsOf(steps);
  const matches = new Map(
    (lookups.conditions ?? []).map(({ condition, limit }) => [
      condition.key,
      finder.find(condition).ids.slice(0, limit),
    ]),
  );
  const { lock, read, patients } = lookupsWith(lookups, matches);
  const asked = new Set([...lock, ...read].map(({ type, id }) => `${type}/${id}`));
  const resources = stored
    .filter(({ resourceType, id = '' }) => asked.has(`${resourceType}/${id}`))
    .map((one): [string, CurrentResource] => [
      `${one.resourceType}/${one.id}`,
      {
        type: one.resourceType,
        id: one.id ?? '',
        version: 1,
        deleted: false,
        content: JSON.stringify(one),
        lastUpdated: 0,
        patient: null,
      },
    ]);
  const ids = stored.flatMap(({ resourceType, id = '' }) => (resourceType === 'Patient' ? [id] : []));
  return {
    resources: new Map(resources),
    patients: new Set(ids.filter((id) => patients.includes(id))),
    deviceAssignments: new Map(),
    identified: new Map(),
    matches,
  };
}

function run(
  entries: readonly object[],
  stored: readonly Resource[] = [],
  type: 'transaction' | 'batch' = 'transaction',
): Decision {
  const steps = plan(type, entries);
  return decide(steps, knownOf(steps, stored), NOW, type === 'transaction' ? 'atomic' : 'each');
}

/** `written Patient/new-1/1`, `refused 412 …` of each entry. */
function outcomes({ results }: Decision): string[] {
  return results.map((result) => {
    switch (result.kind) {
      case 'written':
      case 'matched':
      case 'found': {
        const { type, id, version } = result.resource;
        return `${result.kind} ${type}/${id}/${version}`;
      }
      case 'deleted':
        return `deleted ${result.resource === undefined ? 'nothing' : `${result.resource.type}/${result.resource.id}`}`;
      case 'refused':
        return `refused ${result.status} ${result.issues.map(({ code, expression }) => `${code} ${expression?.join()}`).join()}`;
      default:
        return result.kind;
    }
  });
}

function contentOf({ changes }: Decision, key: string): Resource {
  const change = changes.find(({ type, id }) => `${type}/${id}` === key);
  return JSON.parse(change?.content ?? '{}') as Resource;
}

describe('a conditional create', () => {
  it('makes a resource where none matches, and means the one that does', () => {
    const entry = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([entry]))).toEqual(['written Patient/new-1/1']);
    expect(outcomes(run([entry], [patient('2', { id: 'b' })]))).toEqual(['written Patient/new-1/1']);
    expect(outcomes(run([entry], [patient('1', { id: 'a' })]))).toEqual(['matched Patient/a/1']);
    expect(run([entry], [patient('1', { id: 'a' })]).changes).toEqual([]);
  });

  it('is refused where several match', () => {
    const stored = [patient('1', { id: 'a' }), patient('1', { id: 'b' })];
    const place = 'Bundle.entry[0].request.ifNoneExist';
    expect(outcomes(run([post(patient('1'), 'identifier=s|1')], stored))).toEqual([
      `refused 412 multiple-matches ${place}`,
    ]);
  });

  it('sees what the same bundle makes, wherever that stands', () => {
    const conditional = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([conditional, post(patient('1'))]))).toEqual([
      'matched Patient/new-2/1',
      'written Patient/new-2/1',
    ]);
    expect(outcomes(run([conditional, conditional]))).toEqual(['written Patient/new-1/1', 'matched Patient/new-1/1']);
    // Even where the resource does not match its own condition.
    const odd = post(patient('2'), 'identifier=s|1');
    expect(outcomes(run([odd, odd]))).toEqual(['written Patient/new-1/1', 'matched Patient/new-1/1']);
  });

  it('sees what the same bundle deletes', () => {
    const stored = [patient('1', { id: 'a' }), patient('1', { id: 'b' }), patient('1', { id: 'c' })];
    const entry = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([entry, remove('Patient/a'), remove('Patient/b')], stored))[0]).toBe('matched Patient/c/1');
    expect(outcomes(run([entry, ...['a', 'b', 'c'].map((id) => remove(`Patient/${id}`))], stored))[0]).toBe(
      'written Patient/new-1/1',
    );
  });

  it('leads references of the bundle to the resource that it means', () => {
    const urn = 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001';
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: urn },
      text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href='${urn}'>p</a></div>` },
      extension: [{ url: 'http://x.example', valueUri: urn }],
    };
    const decision = run([post(observation), post(patient('1'), 'identifier=s|1', urn)], [patient('1', { id: 'a' })]);
    expect(contentOf(decision, 'Observation/new-1')).toMatchObject({
      subject: { reference: 'Patient/a' },
      text: { div: expect.stringContaining('<a href="Patient/a">') },
      extension: [{ url: 'http://x.example', valueUri: 'Patient/a' }],
    });
  });
});

describe('a conditional update', () => {
  it('changes the one that matches, and makes one where none does', () => {
    const entry = put('Patient?identifier=s|1', patient('1', { gender: 'male' }));
    expect(outcomes(run([entry], [patient('1', { id: 'a' })]))).toEqual(['written Patient/a/2']);
    expect(outcomes(run([entry]))).toEqual(['written Patient/new-1/1']);
    expect(outcomes(run([put('Patient?identifier=s|1', patient('1', { id: 'x' }))]))).toEqual(['written Patient/x/1']);
  });

  it.each<[string, object, readonly Resource[], string]>([
    [
      'several match',
      patient('1'),
      [patient('1', { id: 'a' }), patient('1', { id: 'b' })],
      '412 multiple-matches Bundle.entry[0].request.url',
    ],
    [
      'its id is another',
      patient('1', { id: 'x' }),
      [patient('1', { id: 'a' })],
      '400 invalid Bundle.entry[0].resource.id',
    ],
    [
      'its id is taken',
      patient('1', { id: 'x' }),
      [patient('2', { id: 'x' })],
      '409 conflict Bundle.entry[0].resource.id',
    ],
  ])('is refused where %s', (_name, resource, stored, refusal) => {
    const entry = put('Patient?identifier=s|1', resource as Resource);
    expect(outcomes(run([entry], stored))).toEqual([`refused ${refusal}`]);
  });

  it('is judged by If-Match of the resource that it means', () => {
    const entry = (ifMatch: string): object => put('Patient?identifier=s|1', patient('1'), { ifMatch });
    const stored = [patient('1', { id: 'a' })];
    expect(outcomes(run([entry('W/"1"')], stored))).toEqual(['written Patient/a/2']);
    expect(outcomes(run([entry('W/"2"')], stored))[0]).toContain('refused 412 conflict');
    expect(outcomes(run([entry('W/"1"')]))[0]).toContain('refused 412 conflict');
  });
});

describe('a conditional delete', () => {
  it('deletes the one that matches, or nothing, and never several', () => {
    const entry = remove('Patient?identifier=s|1');
    expect(outcomes(run([entry]))).toEqual(['deleted nothing']);
    expect(outcomes(run([entry], [patient('1', { id: 'a' })]))).toEqual(['deleted Patient/a']);
    expect(outcomes(run([entry], [patient('1', { id: 'a' }), patient('1', { id: 'b' })]))[0]).toContain('refused 412');
  });
});

describe('any search', () => {
  const smith = { resourceType: 'Patient', name: [{ family: 'Smith' }], birthDate: '1970-01-02' };

  it('is a condition, of what is stored and of what the bundle writes', () => {
    const entry = put('Patient?family=smith&birthdate=1970', smith);
    expect(outcomes(run([entry], [{ ...smith, id: 'a' }, patient('1', { id: 'b' })]))).toEqual(['written Patient/a/2']);
    expect(outcomes(run([post(smith), post(smith, 'family=smith')]))[1]).toBe('matched Patient/new-1/1');
  });

  it('with a chain is one, unless the bundle writes what it might lead to', () => {
    const about = { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: 'Patient/a' } };
    const chained = 'subject:Patient.family=smith';
    const stored = [{ ...smith, id: 'a' }];
    expect(outcomes(run([post(about, chained)], stored))).toEqual(['written Basic/new-1/1']);
    expect(outcomes(run([post(about), post(about, chained)], stored))[1]).toBe(
      'refused 400 not-supported Bundle.entry[1].request.ifNoneExist',
    );
  });
});

describe('a conditional reference', () => {
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient?identifier=s|1' },
  };
  const place = 'Bundle.entry[0].resource.subject.reference';

  it('leads to the one resource that matches when all is written', () => {
    const reference = (entries: readonly object[], stored: readonly Resource[] = []): unknown =>
      contentOf(run([post(observation), ...entries], stored), 'Observation/new-1')['subject'];
    expect(reference([], [patient('1', { id: 'a' })])).toEqual({ reference: 'Patient/a' });
    expect(reference([post(patient('1'))])).toEqual({ reference: 'Patient/new-2' });
    expect(reference([put('Patient/b', patient('1', { id: 'b' }))])).toEqual({ reference: 'Patient/b' });
    const moved = put('Patient/a', patient('2', { id: 'a' }));
    expect(reference([moved, post(patient('1'))], [patient('1', { id: 'a' })])).toEqual({ reference: 'Patient/new-2' });
  });

  it('is refused with its place where none or several match', () => {
    expect(outcomes(run([post(observation)]))).toEqual([`refused 412 not-found ${place}`]);
    const stored = [patient('1', { id: 'a' }), patient('1', { id: 'b' })];
    expect(outcomes(run([post(observation)], stored))).toEqual([`refused 412 multiple-matches ${place}`]);
    const deleted = [post(observation), remove('Patient/a')];
    expect(outcomes(run(deleted, [patient('1', { id: 'a' })]))[0]).toBe(`refused 412 not-found ${place}`);
  });
});

describe('two entries for one resource', () => {
  const stored = [patient('1', { id: 'a' })];
  const conditional = put('Patient?identifier=s|1', patient('1'));
  it.each<[string, readonly object[]]>([
    ['an update and a conditional one', [put('Patient/a', patient('1', { id: 'a' })), conditional]],
    ['a delete and a conditional delete', [remove('Patient/a'), remove('Patient?identifier=s|1')]],
    ['a delete and an update', [remove('Patient/a'), put('Patient/a', patient('1', { id: 'a' }))]],
    ['two conditional updates', [conditional, conditional]],
    ['a create and a conditional update', [remove('Patient/a'), post(patient('1')), conditional]],
  ])('are refused: %s', (_name, entries) => {
    expect(outcomes(run(entries, stored)).filter((one) => one.startsWith('refused 400 duplicate'))).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('settles its entries one by one, and one that is refused leaves no trace', () => {
    const conditional = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([conditional, conditional], [], 'batch'))).toEqual([
      'written Patient/new-1/1',
      'matched Patient/new-1/1',
    ]);
    const refusedFirst = post(
      patient('1', { link: [{ type: 'refer', other: { reference: 'Patient/none' } }] }),
      'identifier=s|1',
    );
    expect(outcomes(run([refusedFirst, conditional], [], 'batch'))).toEqual([
      'refused 422 not-found Bundle.entry[0].resource.link[0].other.reference',
      'written Patient/new-2/1',
    ]);
    expect(outcomes(run([conditional, remove('Patient?identifier=s|1'), conditional], [], 'batch'))).toEqual([
      'written Patient/new-1/1',
      'deleted Patient/new-1',
      'written Patient/new-3/1',
    ]);
  });
});

describe('the order of the entries of a transaction', () => {
  // What entries may do: identifiers 0 to 3, ids a to d; two of them may clash, and then they do in any order.
  const digit = fc.integer({ min: 0, max: 3 }).map(String);
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const entry = fc.oneof(
    digit.map((n) => post(patient(n))),
    // Of creates with one condition the first is made, so here they have one body, too.
    digit.map((n) => post(patient(n), `identifier=s|${n}`)),
    fc.tuple(digit, id).map(([n, key]) => put(`Patient/${key}`, patient(n, { id: key }))),
    fc.tuple(digit, digit).map(([n, m]) => put(`Patient?identifier=s|${m}`, patient(n))),
    id.map((key) => remove(`Patient/${key}`)),
    digit.map((n) => remove(`Patient?identifier=s|${n}`)),
    digit.map((n) =>
      post({ resourceType: 'Basic', code: { text: 'x' }, subject: { reference: `Patient?identifier=s|${n}` } }),
    ),
  );
  const stored = fc
    .array(fc.tuple(id, digit), { maxLength: 4 })
    .map((all) => [...new Map(all).entries()].map(([key, n]) => patient(n, { id: key })));

  /** Without the ids that are made: kinds, statuses, and identifiers of what is meant. */
  function shape(decision: Decision, at: number): string {
    const result = decision.results[at];
    if (result?.kind === 'refused') return `refused ${result.status} ${result.issues.map(({ code }) => code).join()}`;
    if (result?.kind === 'written') {
      const { identifier, subject } = JSON.parse(result.resource.content) as Record<string, never>;
      const { type, version } = result.resource;
      const named = JSON.stringify(subject ?? null).replace(/new-\d+/, 'new');
      return `written ${type} ${version} ${JSON.stringify(identifier ?? null)} ${named}`;
    }
    return result?.kind === 'matched' ? `matched ${result.resource.version}` : (result?.kind ?? 'none');
  }

  it('makes no difference', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), stored, fc.nat(), (entries, resources, seed) => {
        const order = entries
          .map((_, at) => at)
          .sort((a, b) => (((a + 1) * (seed + 7)) % 11) - (((b + 1) * (seed + 7)) % 11));
        const [one, other] = [
          run(entries, resources),
          run(
            order.map((at) => entries[at] as object),
            resources,
          ),
        ];
        const isRefused = (decision: Decision): boolean => decision.results.some(({ kind }) => kind === 'refused');
        // Of entries that clash the later one is named: so whether, and not which.
        expect(isRefused(one)).toBe(isRefused(other));
        if (isRefused(one)) return;
        const bodies = (decision: Decision): string[] => decision.results.map((_, at) => shape(decision, at)).sort();
        expect(bodies(one)).toEqual(bodies(other));
      }),
      propertyRuns(500),
    );
  });
});
