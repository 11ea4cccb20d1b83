import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { MINUTE, T0 } from '#libs/testing/ward';
import { draftWith } from '../fixtures/draft.fixture.js';
import { createMemory, initialTwin } from '../index.js';
import { draftOf, drop, finish, isDue, setTimer, type Draft } from './draft.js';
import type { TwinState } from './state.js';

const KEYS = Object.keys(initialTwin(DEFAULT_CATALOGUE, 1, 'p1'));

/** A changed draft with these parts, finished. */
function finished(parts: Partial<Draft>, base: Partial<TwinState> = {}): TwinState {
  const twin = { ...initialTwin(DEFAULT_CATALOGUE, 1, 'p1'), ...base };
  const record = { v: 1, kind: 'tick', tenant: 1, patient: 'p1', receivedAt: T0 } as const;
  return finish({ ...draftOf(DEFAULT_CATALOGUE, twin, record, createMemory()), changed: true, ...parts }).state;
}

describe('a draft that is finished', () => {
  it('gives back the state it was given when nothing changed', () => {
    const draft = draftWith({});
    expect(finish(draft).state).toBe(draft.base);
    draft.changed = true;
    expect(finish(draft).state).toMatchObject({ version: 1, heard: T0 });
  });

  it.each<[keyof TwinState, unknown]>([
    ['clocks', { 'f:gw': {} }],
    ['catchingUp', { 9: {} }],
    ['units', { 'f:gw': {} }],
    ['behind', { ms: 5, until: T0 }],
    ['leftOut', { 'Condition/1': 1 }],
    ['monitoring', { set: {} }],
    ['listeningSince', 0],
    ['late', {}],
    ['lateWaves', {}],
    ['warmingUp', { news2: 1 }],
    ['forecasting', {}],
  ])('writes %s where there is something of it', (name, part) => {
    expect(finished({ [name]: part })).toHaveProperty(name, part);
    // From the state that is given, as from what the record brings.
    expect(finished({}, { [name]: part })).toHaveProperty(name, part);
  });

  it.each<[keyof TwinState, unknown]>([
    ['clocks', {}],
    ['catchingUp', {}],
    ['units', {}],
    ['behind', null],
    ['behind', { ms: 5, until: T0 - 1 }],
    ['leftOut', {}],
    ['monitoring', {}],
    ['monitoring', undefined],
    ['listeningSince', undefined],
    ['late', undefined],
    ['lateWaves', undefined],
    ['warmingUp', {}],
    ['forecasting', undefined],
  ])('leaves %s out where it is %j', (name, part) => {
    expect(Object.keys(finished({ [name]: part }))).toEqual(KEYS);
  });

  it('keeps the versions of memories as they are', () => {
    expect(finished({}, { memories: { checks: 2 } })).toHaveProperty('memories', { checks: 2 });
    expect(finished({})).not.toHaveProperty('memories');
  });

  it('is as late as the newest record, whatever comes after it', () => {
    expect(finished({}, { heard: T0 - MINUTE }).heard).toBe(T0);
    expect(finished({}, { heard: T0 + MINUTE }).heard).toBe(T0 + MINUTE);
  });

  it('writes to copies of the parts that nearly every record changes', () => {
    const draft = draftWith({});
    for (const part of ['measures', 'checks', 'derived', 'detectors', 'rules', 'streams'] as const) {
      Object.assign(draft[part], { own: 1 });
      expect(draft.base[part]).toEqual({});
    }
  });
});

describe('a timer', () => {
  it('is set, moved and removed, and named where it changes alone', () => {
    const draft = draftWith({});
    setTimer(draft, 'silence', null);
    expect([draft.timerChanges, draft.changed]).toEqual([[], false]);
    setTimer(draft, 'silence', T0);
    setTimer(draft, 'silence', T0);
    setTimer(draft, 'escalation', T0 + 1);
    expect(draft.timers).toEqual({ silence: T0, escalation: T0 + 1 });
    setTimer(draft, 'silence', T0 + 2);
    setTimer(draft, 'silence', null);
    expect(draft.timers).toEqual({ escalation: T0 + 1 });
    expect(draft.timerChanges).toEqual([
      { timer: 'silence', dueAt: T0 },
      { timer: 'escalation', dueAt: T0 + 1 },
      { timer: 'silence', dueAt: T0 + 2 },
      { timer: 'silence', dueAt: null },
    ]);
    expect(draft.changed).toBe(true);
  });

  it('makes a new version of the twin where it is only removed', () => {
    const draft = draftWith({});
    draft.timers = { silence: T0 };
    setTimer(draft, 'silence', null);
    expect(draft.changed).toBe(true);
  });

  it('is due from its time on', () => {
    const timers = { silence: T0 };
    expect([T0 - 1, T0, T0 + 1].map((now) => isDue({ timers, now }, 'silence'))).toEqual([false, true, true]);
    expect(isDue({ timers, now: T0 + 1 }, 'escalation')).toBe(false);
  });
});

describe('what is dropped', () => {
  it('is counted by its reason', () => {
    const draft = draftWith({});
    for (const reason of ['a', 'b', 'a']) drop(draft, reason);
    expect(finish(draft).counts.dropped).toEqual({ a: 2, b: 1 });
  });
});
