import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HEART_RATE, MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import { citedOf } from '../fixtures/draft.fixture.js';
import { initialTwin } from '../state/initial-twin.js';
import type { FactState, TwinState } from '../state/state.js';
import { viewOf } from './view.js';

const EMPTY = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');

function shown(over: Partial<TwinState>, at = T0) {
  return viewOf(DEFAULT_CATALOGUE, { ...EMPTY, ...over }, at);
}

describe('a twin as it is shown', () => {
  it('is of nobody knows when, and empty, before anything was measured', () => {
    expect(viewOf(DEFAULT_CATALOGUE, EMPTY, T0)).toMatchObject({
      asOf: null,
      measures: {},
      facts: [],
      moreFacts: 0,
      alerts: [],
    });
  });

  it('has a value at its own time, also where it is judged at another because of its clock', () => {
    const measure = { t: T0, sent: 0, receivedAt: T0 + MINUTE } as const;
    const latest = citedOf({ t: T0, ahead: 5 * MINUTE });
    const { measures } = shown({ measures: { [HEART_RATE]: { ...measure, latest } } });
    expect(measures['heart-rate']).toMatchObject({
      value: 50,
      effectiveAt: new Date(T0 + 5 * MINUTE).toISOString(),
      receivedAt: new Date(T0 + MINUTE).toISOString(),
    });
    expect(measures['heart-rate']).not.toHaveProperty('comparator');
  });

  it('has no value of a measure whose values were all withdrawn, and says of a bound that it is one', () => {
    const measure = { t: T0, sent: 0, receivedAt: T0 } as const;
    const { measures } = shown({
      measures: {
        [HEART_RATE]: { ...measure, latest: null },
        [OXYGEN]: { ...measure, latest: citedOf({ code: OXYGEN, x: 70, comparator: '<' }) },
      },
    });
    expect(measures).toEqual({ 'oxygen-saturation': expect.objectContaining({ value: 70, comparator: '<' }) });
  });

  it('lists facts by reference, with the time for which they hold where it is known', () => {
    const fact: FactState = { kind: 'condition', version: 3, content: { text: 'Diabetes' } };
    const facts = {
      'Condition/b': { ...fact, from: T0 },
      'Condition/c': { ...fact, to: T0 + MINUTE },
      'Condition/a': fact,
    };
    const head = { kind: 'condition', version: 3, content: { text: 'Diabetes' } };
    const [from, to] = [new Date(T0).toISOString(), new Date(T0 + MINUTE).toISOString()];
    const all = [
      { ...head, reference: 'Condition/a' },
      { ...head, reference: 'Condition/b', from },
      { ...head, reference: 'Condition/c', to },
    ];
    expect(shown({ facts }).facts).toStrictEqual(all);
    expect(shown({ facts, moreFacts: 2, leftOut: { 'Condition/d': T0 } }).moreFacts).toBe(3);
  });

  it('lists the rules that do not judge this person, and those whose memory began anew', () => {
    const demographics: FactState = { kind: 'demographics', version: 1, content: { birthDate: '2024-01-01' } };
    expect(shown({}).refusals).toEqual([]);
    const { refusals } = shown({ facts: { 'Patient/p1': demographics } });
    expect(refusals).toContainEqual({ rule: 'news2', reason: 'under-age' });
    expect(refusals.map(({ rule }) => rule)).not.toContain('glucose-low');
    const warming = shown({ warmingUp: { 'rr-rhythm': T0 } }).refusals;
    const rules = DEFAULT_CATALOGUE.detectorById('rr-rhythm')!.rules;
    expect(warming).toEqual(rules.map(({ id }) => ({ rule: id, reason: 'warming-up' })));
  });
});
