import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { Decision } from '../decide/decision.js';
import { outcomes, patient, post, put, remove, run } from './settle.fixture.js';

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
