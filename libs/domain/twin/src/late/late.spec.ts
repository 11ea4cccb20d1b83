import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, SECOND, series, T0, emittedBy, Ward } from '#libs/testing/ward';
import { LATENESS_BOUND } from '../index.js';

const MIN5 = 5 * MINUTE;
const low = 'glucose-low';

function glucose(start: number, ...values: number[]): WireSample[] {
  return series(GLUCOSE, start, MIN5, values);
}

describe('identity', () => {
  it('drops what was sent before, however often and by which record', () => {
    const ward = new Ward();
    const samples = glucose(T0, 60, 61, 62);
    ward.send(samples);
    const again = ward.send([...samples, ...samples], T0 + 20 * MINUTE);
    expect(again).toMatchObject({ measurements: [], transitions: [], counts: { applied: 0, duplicates: 6 } });
  });

  it('takes another value of the same identity for a correction, and keeps the old version', () => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 90, i: 'a' }]);
    const { measurements, counts, transitions } = ward.send([{ c: GLUCOSE, t: T0, x: 60, i: 'a' }]);
    expect(measurements).toMatchObject([{ version: 2, x: 60, replaces: { version: 1, code: GLUCOSE, t: T0 } }]);
    expect(counts).toMatchObject({ applied: 1, corrections: 1, duplicates: 0 });
    expect(transitions[0]!.alert.evidence[0]!.id).toBe(`${measurements[0]!.identity}.2`);
  });

  it('keeps two true values that are close in time', () => {
    const ward = new Ward();
    const { counts } = ward.send([
      { c: GLUCOSE, t: T0, x: 90 },
      { c: GLUCOSE, t: T0 + 1, x: 90 },
      { c: GLUCOSE, t: T0, x: 90, d: 'other-device' },
    ]);
    expect(counts).toMatchObject({ applied: 3, duplicates: 0 });
  });

  it('takes a corrected time along, also to another measure', () => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 60, i: 'a' }]);
    const outcome = ward.send([{ c: HEART_RATE, t: T0 + HOUR, x: 60, i: 'a' }]);
    expect(emittedBy(outcome)).toEqual([`${low} retracted medium retracted`]);
    expect(ward.state.measures[GLUCOSE]!.latest).toBeNull();
    expect(ward.state.measures[HEART_RATE]!.latest).toMatchObject({ t: T0 + HOUR, x: 60 });
  });

  it('distinguishes a redelivered old version from a correction back to it', () => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 90, i: 'a' }], T0 + 1000);
    ward.send([{ c: GLUCOSE, t: T0, x: 95, i: 'a' }], T0 + 2000);
    expect(ward.send([{ c: GLUCOSE, t: T0, x: 90, i: 'a' }], T0 + 1000).counts).toMatchObject({
      duplicates: 1,
      applied: 0,
    });
    expect(ward.send([{ c: GLUCOSE, t: T0, x: 90, i: 'a' }], T0 + 3000).counts).toMatchObject({ corrections: 1 });
  });

  it.each([
    ['one', 'two'],
    ['two', 'one'],
  ])('shows the same of two values of one moment and size in any order: %s before %s', (...order) => {
    // Of them the doubtful one is taken for the newer, whatever their identities.
    const sent = { one: { q: 1 }, two: {} } as const;
    const all = ['a', 'b', 'c', 'd'].map((id) => {
      const ward = new Ward();
      for (const d of order as readonly ('one' | 'two')[])
        ward.send([{ c: HEART_RATE, t: T0, x: 80, d, i: `${id}-${d}`, ...sent[d] }], T0 + SECOND);
      return ward.state.measures[HEART_RATE]!.latest!.quality;
    });
    expect(all).toEqual([1, 1, 1, 1]);
  });

  it('shows the value before when the newest is withdrawn', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 100, 110));
    ward.send([{ c: GLUCOSE, t: T0 + MIN5, w: 1 }]);
    expect(ward.state.measures[GLUCOSE]).toMatchObject({ t: T0 + MIN5, latest: { t: T0, x: 100 } });
  });

  it('counts what it cannot take, and takes the neighbours', () => {
    const ward = new Ward();
    const { counts } = ward.send(
      [
        { c: 99, t: T0, x: 1 },
        { c: GLUCOSE, t: Number.NaN, x: 1 },
        { c: GLUCOSE, t: T0, x: Number.NaN },
        { c: GLUCOSE, t: T0 },
        { c: GLUCOSE, t: T0, w: 1 },
        { c: GLUCOSE, t: T0, x: 100 },
      ],
      T0,
    );
    expect(counts).toMatchObject({
      applied: 1,
      dropped: {
        'measure-unknown': 1,
        'time-invalid': 1,
        'value-not-finite': 1,
        'value-missing': 1,
        'withdrawal-of-unknown': 1,
      },
    });
  });
});

describe('late data', () => {
  it('raises when the condition holds at the newest time, however late that is', () => {
    const ward = new Ward();
    expect(emittedBy(ward.send(glucose(T0, 60), T0 + 6 * HOUR))).toEqual([]);
    const outcome = ward.tick(T0 + 6 * HOUR + 10 * SECOND);
    expect(emittedBy(outcome)).toEqual([`${low} raised medium open`]);
    expect(outcome.transitions[0]!.alert.lateSeconds).toBe(6 * 3600);
  });

  it('emits as past what newer data already showed to be over', () => {
    const ward = new Ward();
    ward.send(glucose(T0 + HOUR, 100, 100, 100, 100));
    const outcome = ward.send(glucose(T0, 60), T0 + 2 * HOUR);
    expect(emittedBy(outcome)).toEqual([`${low} retrospective medium retrospective`]);
    expect(outcome.counts.late).toBe(1);
    expect(outcome.transitions[0]!.alert).toMatchObject({
      effectiveAt: new Date(T0).toISOString(),
      resolvedAt: new Date(T0 + HOUR + 3 * MIN5).toISOString(),
    });
  });

  it('amends an open episode whose beginning moves', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 100));
    ward.send(glucose(T0 + 2 * MIN5, 60));
    const outcome = ward.send(glucose(T0 + MIN5, 65));
    expect(emittedBy(outcome)).toEqual([`${low} amended medium open`]);
    expect(outcome.transitions[0]!.alert.effectiveAt).toBe(new Date(T0 + MIN5).toISOString());
    expect(new Set(ward.outcomes.flatMap(({ transitions }) => transitions.map(({ episode }) => episode))).size).toBe(1);
  });

  it('amends an ended episode whose end moves', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 60, 80, 80, 80, 80));
    ward.send([{ c: GLUCOSE, t: T0 + 8 * MINUTE, x: 72 }], T0 + HOUR);
    const outcome = ward.tick(T0 + HOUR + 10 * SECOND);
    expect(emittedBy(outcome)).toEqual([`${low} raised medium open`]);
    expect(outcome.transitions[0]!.alert.summary).toMatch(/^Reopened: late or corrected data show it is still present/);
    expect(emittedBy(ward.send(glucose(T0 + 5 * MIN5, 80)))).toEqual([`${low} resolved medium resolved`]);
  });

  it('retracts an episode whose only evidence is withdrawn or corrected', () => {
    for (const last of [{ w: 1 as const }, { x: 96 }]) {
      const ward = new Ward();
      ward.send([{ c: GLUCOSE, t: T0, x: 60, i: 'a' }]);
      const outcome = ward.send([{ c: GLUCOSE, t: T0, i: 'a', ...last }], T0 + HOUR);
      expect(emittedBy(outcome)).toEqual([`${low} retracted medium retracted`]);
      expect(ward.episodes()).toEqual([]);
    }
  });

  it('keeps the open episode when late normal values split it', () => {
    const ward = new Ward();
    const first = ward.send(glucose(T0, 60)).transitions[0]!.episode;
    ward.send(glucose(T0 + 10 * MIN5, 62));
    const outcome = ward.send(glucose(T0 + MIN5, 90, 90, 90, 90, 90), T0 + HOUR);
    // Nobody acknowledged it for half an hour.
    expect(emittedBy(outcome).sort()).toEqual([
      `${low} amended high open`,
      `${low} retrospective medium retrospective`,
    ]);
    expect(outcome.transitions.find(({ alert }) => alert.transition === 'amended')!.episode).toBe(first);
  });

  it('retracts the second of two episodes that late values join', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 60, 80, 80, 80, 80));
    ward.send(glucose(T0 + HOUR, 60));
    const outcome = ward.send([{ c: GLUCOSE, t: T0 + 18 * MINUTE, x: 65 }], T0 + 2 * HOUR);
    expect(emittedBy(outcome)).toEqual([`${low} retracted medium retracted`, `${low} amended medium open`]);
    expect(ward.episodes()).toEqual([{ rule: low, start: T0, end: null, peak: 2 }]);
  });

  it('re-evaluates up to the lateness bound, and counts what is older', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 100));
    const bound = ward.send(glucose(T0 - LATENESS_BOUND, 60), T0 + MINUTE);
    expect(emittedBy(ward.tick(T0 + 2 * MINUTE))).toEqual([`${low} raised medium open`]);
    expect(bound.counts).toMatchObject({ late: 1, dropped: {} });
    const older = ward.send(glucose(T0 - LATENESS_BOUND - 1, 60), T0 + MINUTE);
    expect(older.counts).toMatchObject({ applied: 1, late: 1, dropped: { 'too-late-for-rules': 1 } });
    expect(older.measurements).toHaveLength(1);
  });

  it('stores a value far ahead of its receipt without letting it stop the rules', () => {
    const ward = new Ward();
    const { counts } = ward.send(glucose(T0 + 48 * HOUR, 60), T0);
    expect(counts).toMatchObject({ applied: 1, dropped: { 'ahead-of-receipt': 1 } });
    expect(emittedBy(ward.send(glucose(T0, 60)))).toEqual([`${low} raised medium open`]);
  });
});

/** thingsboard AlarmRuleState and AlarmCalculatedFieldState, as of 2026: what must not happen here. */
describe('defects of others', () => {
  it('one old value does not meet "for 10 min" by the clock', () => {
    const ward = new Ward();
    expect(emittedBy(ward.send(series(HEART_RATE, T0 - 2 * HOUR, MINUTE, [130]), T0))).toEqual([]);
    expect(emittedBy(ward.tick(T0 + HOUR))).toEqual([]);
  });

  it('a device clock that is ahead still meets it', () => {
    const ward = new Ward();
    const ahead = series(HEART_RATE, T0 + 9 * MINUTE, MINUTE, Array<number>(11).fill(130));
    expect(emittedBy(ward.send(ahead, T0))).toEqual([
      'heart-rate-high raised medium open',
      'clock-step raised low open',
    ]);
  });

  it('values sent again do not count again', () => {
    const ward = new Ward();
    const two = series(HEART_RATE, T0, 30 * SECOND, [155, 155]);
    for (let i = 0; i < 5; i++) expect(emittedBy(ward.send(two, T0 + MINUTE + i * HOUR))).toEqual([]);
  });

  it('values that come in reverse order raise as well', () => {
    const ward = new Ward();
    const run = series(HEART_RATE, T0, 30 * SECOND, [155, 155, 155]).reverse();
    expect(run.flatMap((sample) => emittedBy(ward.send([sample], T0 + HOUR)))).toEqual([]);
    expect(emittedBy(ward.tick(T0 + HOUR + 10 * SECOND))).toEqual(['heart-rate-high raised high open']);
  });

  it('state and effects are one answer, so they cannot disagree after a crash', () => {
    const ward = new Ward();
    const outcome = ward.send(glucose(T0, 60));
    expect(outcome.state.rules[low]!.episodes[0]!.sequence).toBe(outcome.transitions[0]!.sequence);
    expect(outcome.state.measures[GLUCOSE]!.latest!.identity).toBe(outcome.measurements[0]!.identity);
  });
});
