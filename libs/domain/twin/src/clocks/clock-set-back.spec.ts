import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, OXYGEN, SECOND, T0 } from '#libs/testing/ward';
import { clockOf, given, ORIGIN, shifts, streamOf, value } from '../fixtures/clocks.fixture.js';
import { stillBehind } from '../state/behind.js';

const DAY = 24 * HOUR;

describe('a clock that was set back', () => {
  const BACK = -HOUR;
  const KEY = `${OXYGEN}|${ORIGIN}`;
  const inTime = { [KEY]: streamOf(T0 - SECOND) };
  const suspected = (records: number, since: number, by = BACK) =>
    clockOf(0, { told: 0, late: { by, since, records } });

  it('is suspected with the first record that looks late', () => {
    const draft = given(undefined, inTime);
    expect(shifts(draft, value(BACK))).toEqual([undefined]);
    expect(draft.clocks[ORIGIN]).toEqual(
      clockOf(0, { since: T0, heard: T0, rightSince: T0, late: { by: BACK, since: T0, records: 1 } }),
    );
  });

  it.each([
    [2, 20_000, true],
    [2, 19_999, false],
    [1, 60_000, false],
  ])('is known with %s records before this, over %s ms: %s', (records, over, isKnown) => {
    const draft = given(suspected(records, T0 - over), inTime);
    expect(shifts(draft, value(BACK))).toEqual([isKnown ? BACK : undefined]);
    if (isKnown) expect(draft.clocks[ORIGIN]).toStrictEqual(clockOf(BACK, { since: T0, heard: T0 }));
    else expect(draft.clocks[ORIGIN]!.late).toEqual({ by: BACK, since: T0 - over, records: records + 1 });
  });

  it.each([
    [5000, true],
    [5001, false],
  ])('looks late by another amount: differs by %s ms, is the same: %s', (by, isSame) => {
    const draft = given(suspected(2, T0 - MINUTE, BACK + by), inTime);
    expect(shifts(draft, value(BACK))).toEqual([isSame ? BACK : undefined]);
    if (!isSame) expect(draft.clocks[ORIGIN]!.late).toEqual({ by: BACK, since: T0, records: 1 });
  });

  it.each([
    ['its stream was late all along', { [KEY]: streamOf(T0, { heard: T0 + HOUR - MINUTE }) }, BACK],
    [
      'only another sender was in time',
      { ...inTime, [KEY]: streamOf(T0, { heard: T0 + HOUR }), '3|f:gw2': streamOf(T0) },
      BACK,
    ],
    ['it brings something new', { '1|f:gw': streamOf(T0) }, BACK],
    ['it is no later than a minute', inTime, -MINUTE],
  ])('is not suspected when %s', (_, streams, ahead) => {
    const draft = given(undefined, streams);
    shifts(draft, value(ahead), value(ahead + 1, { f: 'other' }), value(1, { f: 'third' }));
    expect(draft.clocks).toEqual({});
  });

  it('is when any of its streams was in time', () => {
    const slow = { [KEY]: streamOf(T0, { heard: T0 + 2 * HOUR }) };
    for (const [key, late] of [
      ['12|f:gw|II', 0],
      ['1|f:gw', HOUR - MINUTE - 1],
    ] as const) {
      const draft = given(undefined, { ...slow, [key]: streamOf(T0, { heard: T0 + late }) });
      shifts(draft, value(BACK));
      expect(draft.clocks[ORIGIN]?.late?.records).toBe(1);
    }
  });

  it.each([
    [BACK, BACK],
    [BACK + 5000, BACK + 5000],
    [BACK - 5000, BACK],
  ])('goes on: late by %s, moved by %s', (ahead, shift) => {
    const draft = given(clockOf(BACK), inTime);
    expect(shifts(draft, value(ahead))).toEqual([shift]);
    expect(draft.clocks[ORIGIN]).toEqual(clockOf(BACK, { heard: T0 }));
    expect(draft.behind).toEqual({ ms: -shift, until: T0 + DAY + 7 * HOUR });
  });

  it('is right again when it is late by something else', () => {
    const draft = given(clockOf(BACK));
    expect(shifts(draft, value(BACK + 5001))).toEqual([undefined]);
    expect(draft.clocks[ORIGIN]).toMatchObject({ off: 0, rightSince: T0 });
  });

  it('has the longest way back looked through until it is over', () => {
    const draft = given(clockOf(BACK));
    draft.behind = { ms: 2 * HOUR, until: T0 };
    shifts(draft, value(BACK));
    expect(draft.behind.ms).toBe(2 * HOUR);
    expect(stillBehind({ behind: null, now: T0 })).toBe(0);
    expect([T0, T0 + 1].map((now) => stillBehind({ behind: { ms: 5, until: T0 }, now }))).toEqual([5, 0]);
  });
});
