import { describe, expect, it } from '@jest/globals';
import type { WireFact } from '#libs/contracts';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { draftWith } from '../fixtures/draft.fixture.js';
import { merge } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { FactState } from '../state/state.js';
import { offReasonOf } from '../monitoring/monitoring.js';
import { takeFacts } from './facts.js';
import { isActiveStay } from './stays.js';

const DAY = 24 * HOUR;

function stay(status: string, over: Partial<WireFact> & { readonly class?: string } = {}): WireFact {
  const { class: kind = 'IMP', ...rest } = over;
  return { fact: 'encounter', reference: 'Encounter/e1', version: 2, content: { status, class: kind }, ...rest };
}

function given(...facts: readonly WireFact[]): Draft {
  const draft = draftWith({});
  draft.facts = Object.fromEntries(
    facts.map(({ fact, reference, version, content }) => [reference, { kind: fact, version, content }]),
  );
  return draft;
}

function applied(draft: Draft, ...facts: readonly WireFact[]): Draft {
  merge(draft, takeFacts(draft, facts, draft.now));
  return draft;
}

const going = stay('in-progress', { version: 1 });
const DISCHARGED = { dischargedSince: T0, dischargedBy: { reference: 'Encounter/e1', version: 2 } };
const allergy: WireFact = { fact: 'allergy', reference: 'AllergyIntolerance/a', version: 1, content: {} };

describe('a stay', () => {
  it.each([
    ['arrived', 'IMP', true],
    ['triaged', 'EMER', true],
    ['in-progress', 'ACUTE', true],
    ['onleave', 'NONAC', true],
    ['in-progress', 'OBSENC', true],
    ['in-progress', 'SS', true],
    ['planned', 'IMP', false],
    ['finished', 'IMP', false],
    ['in-progress', 'AMB', false],
  ])('that is %s, of class %s, goes on: %s', (status, kind, is) => {
    const fact: FactState = { kind: 'encounter', version: 1, content: { status, class: kind } };
    expect(isActiveStay(fact)).toBe(is);
    expect(isActiveStay({ ...fact, kind: 'report' })).toBe(false);
  });

  it('that ends is a discharge, however long ago it ended and whatever else came', () => {
    const ended = stay('finished', { to: T0 - 9 * DAY });
    expect(applied(given(going), ended).monitoring).toEqual(DISCHARGED);
    expect(applied(given(going), allergy, ended).monitoring).toEqual(DISCHARGED);
    expect(applied(given(going), stay('finished')).monitoring).toEqual(DISCHARGED);
  });

  it('keeps what a person set', () => {
    const set = { state: 'off', since: 1, reason: 'r', author: 'a' } as const;
    const draft = given(going);
    draft.monitoring = { set };
    expect(applied(draft, stay('finished')).monitoring).toEqual({ set, ...DISCHARGED });
    expect(applied(draft, stay('in-progress', { version: 3 })).monitoring).toStrictEqual({ set });
  });

  describe('that was a discharge', () => {
    const discharged = (): Draft => applied(given(going), stay('finished', { to: T0 }));

    it.each<[string, WireFact]>([
      ['was entered in error, deleted or another patient’s', stay('finished', { version: 3, withdrawn: true })],
      ['goes on', stay('in-progress', { version: 3 })],
      ['was cancelled', stay('cancelled', { version: 3 })],
      ['is planned', stay('planned', { version: 3 })],
    ])('and, as is said later, %s, is none any more', (_, fact) => {
      const draft = discharged();
      expect(draft.monitoring).toEqual(DISCHARGED);
      expect(applied(draft, allergy, fact).monitoring).toStrictEqual({});
    });

    it.each<[string, WireFact]>([
      ['an older version', stay('in-progress', { version: 2, class: 'AMB' })],
      ['another stay', stay('cancelled', { version: 3, reference: 'Encounter/e2' })],
    ])('stays one whatever is said by %s', (_, fact) => {
      expect(applied(discharged(), fact).monitoring).toEqual(DISCHARGED);
    });

    it('keeps its time through corrections, so that what a person switched on stays on', () => {
      const set = { state: 'on', since: T0 + HOUR, reason: 'at home', author: 'a' } as const;
      const before = discharged();
      const draft = { ...before, now: T0 + 2 * HOUR, monitoring: { ...before.monitoring, set } };
      const corrected = stay('finished', { version: 3, to: T0 - MINUTE });
      const dischargedBy = { reference: 'Encounter/e1', version: 3 };
      expect(applied(draft, corrected).monitoring).toEqual({ set, dischargedSince: T0, dischargedBy });
      expect(offReasonOf(draft, 'glucose-low', draft.now)).toBeNull();
      // And is taken back by what comes after the correction only.
      expect(applied(draft, stay('planned', { version: 3 })).monitoring).toHaveProperty('dischargedSince');
      expect(applied(draft, stay('planned', { version: 4 })).monitoring).toStrictEqual({ set });
    });

    it('noted before its stay was kept stays one, and the end of a stay is one anew', () => {
      const draft = given();
      draft.monitoring = { dischargedSince: T0 - DAY };
      expect(applied(draft, stay('cancelled', { version: 3 })).monitoring).toEqual({ dischargedSince: T0 - DAY });
      const dischargedBy = { reference: 'Encounter/e1', version: 4 };
      const ended = stay('finished', { version: 4, to: T0 });
      expect(applied(draft, ended).monitoring).toEqual({ dischargedSince: T0, dischargedBy });
    });
  });

  it('that goes on leaves monitoring as it is', () => {
    const draft = given(going);
    draft.monitoring = {};
    const before = draft.monitoring;
    expect(applied(draft, allergy).monitoring).toBe(before);
  });

  it.each<[string, WireFact]>([
    ['of an older version', stay('finished', { version: 1, to: T0 })],
    ['that was withdrawn', stay('finished', { to: T0, withdrawn: true })],
    ['that was cancelled', stay('cancelled', { to: T0 })],
    ['that is no encounter', { ...stay('finished', { to: T0 }), fact: 'report' }],
  ])('%s is no discharge', (_, fact) => {
    const known = stay('planned', { version: 1 });
    expect(applied(given(known), fact).monitoring).toBeUndefined();
  });

  it.each([
    [T0 - DAY, false],
    [T0 - DAY + 1, true],
    [T0 + DAY, true],
    [T0 + DAY + 1, false],
    [undefined, false],
  ])('that was never seen while it lasted, and ended at %s, is a discharge: %s', (to, is) => {
    const ended = stay('finished', to === undefined ? {} : { to });
    expect(applied(given(), ended).monitoring?.dischargedSince).toBe(is ? T0 : undefined);
    expect(applied(given(), { ...ended, content: { status: 'finished', class: 'AMB' } }).monitoring).toBeUndefined();
  });

  it('beside another one that goes on is none', () => {
    const other = stay('in-progress', { reference: 'Encounter/e2' });
    expect(applied(given(going, other), stay('finished')).monitoring).toBeUndefined();
  });
});

describe('facts', () => {
  it('none change nothing', () => {
    const draft = given(allergy);
    const before = draft.facts;
    expect(applied(draft).facts).toBe(before);
  });

  it.each([
    [undefined, true],
    [T0 + 1, true],
    [T0, false],
  ])('hold until their end: %s', (to, holds) => {
    const span = to === undefined ? {} : { to };
    const draft = applied(given(), { ...allergy, ...span });
    expect(draft.facts).toStrictEqual(
      holds ? { [allergy.reference]: { kind: 'allergy', version: 1, content: {}, ...span } } : {},
    );
    expect(draft.factChanges).toStrictEqual([
      { kind: 'allergy', reference: allergy.reference, version: 1, content: {}, withdrawn: false, ...span },
    ]);
  });

  it('that decide are carried first, then by kind, the newest first, then by name', () => {
    const fact = (
      kind: WireFact['fact'],
      name: string,
      from?: number,
      content: WireFact['content'] = {},
    ): WireFact => ({
      fact: kind,
      reference: name,
      version: 1,
      content,
      ...(from === undefined ? {} : { from }),
    });
    const draft = applied(
      given(),
      fact('report', 'r'),
      fact('condition', 'c-old', T0 - 2),
      fact('condition', 'c-b'),
      fact('condition', 'c-new', T0 - 1),
      fact('condition', 'c-a'),
      fact('allergy', 'a'),
      fact('encounter', 'stay', T0, { status: 'arrived', class: 'IMP' }),
      fact('condition', 'pregnant', T0, { code: { code: 'O24' } }),
      fact('demographics', 'person'),
    );
    expect(Object.keys(draft.facts)).toEqual(['person', 'pregnant', 'stay', 'a', 'c-new', 'c-old', 'c-a', 'c-b', 'r']);
  });

  it('of a death are noted once, and taken back', () => {
    const person = (version: number, deceased: boolean): WireFact => ({
      fact: 'demographics',
      reference: 'Patient/p1',
      version,
      content: { deceased },
    });
    const draft = applied(given(), person(1, true));
    expect(draft.monitoring).toStrictEqual({ deceasedSince: T0 });
    const before = draft.monitoring;
    expect(applied(draft, person(2, true)).monitoring).toBe(before);
    expect(applied(draft, person(3, false)).monitoring).toStrictEqual({});
    expect(applied(given(), person(1, false)).monitoring).toBeUndefined();
  });
});
