import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Alert } from '#libs/contracts';
import { propertyRuns } from '#libs/testing/properties';
import { GLUCOSE, HEART_RATE, MINUTE, OXYGEN, SECOND, series, T0, Ward } from '#libs/testing/ward';

interface Course {
  readonly c: number;
  readonly usual: number;
  readonly everySeconds: number;
}

const SATURATION: Course = { c: OXYGEN, usual: 96, everySeconds: 30 };
const HEART: Course = { c: HEART_RATE, usual: 80, everySeconds: 30 };

/** A value for so many minutes, each a record of its own; answers where it ended. */
function stretch(ward: Ward, { c, everySeconds }: Course, from: number, minutes: number, x: number): number {
  const until = from + minutes * MINUTE;
  for (let t = from; t < until; t += everySeconds * SECOND) ward.send([{ c, t, x }], t + 500);
  return until;
}

/** The first value, then the usual one, so long each, over and over. */
function dips(ward: Ward, course: Course, from: number, times: number, [low, lasts, apart]: readonly number[]): number {
  let t = from;
  for (let n = 0; n < times; n++) {
    t = stretch(ward, course, t, lasts!, low!);
    t = stretch(ward, course, t, apart!, course.usual);
  }
  return t;
}

function pagesOf(ward: Ward, rule?: string): Alert[] {
  return ward
    .alerts()
    .filter((alert) => alert.category === 'physiological' && (rule === undefined || alert.rule.id === rule))
    .filter(({ transition }) => transition === 'raised' || transition === 'escalated');
}

function newsOf(pages: readonly Alert[]): readonly Alert[] {
  return pages.filter(({ reason }) => reason !== 'unacknowledged');
}

const HIGH_COURSES: readonly [string, Course, number][] = [
  ['heart-rate-high', HEART, 165],
  ['heart-rate-low', HEART, 34],
];
const COURSES: readonly [string, Course, number][] = [
  ['oxygen-saturation-low', SATURATION, 88],
  ['oxygen-saturation-low', SATURATION, 83],
  ...HIGH_COURSES,
];
/** How long each lasts, and how long the time between two is, in minutes. */
const RHYTHMS: readonly (readonly [number, number])[] = [
  [2, 8],
  [3, 17],
  [2, 57],
  [2, 3],
  [2, 5],
  [16, 9],
  [31, 14],
];

describe('events that come back, however far apart within the hour', () => {
  it.each(
    COURSES.flatMap(([rule, course, low], i) =>
      RHYTHMS.filter(([lasts, apart]) => i === 0 || lasts! + apart! <= 10).map(
        ([lasts, apart]) => [rule, low, lasts, apart, course] as const,
      ),
    ),
  )(
    'page no more often the longer it goes on, and count on: %s, %i for %i min, then %i min without',
    (rule, low, lasts, apart, course) => {
      const ward = new Ward();
      const times = 7;
      const half = dips(ward, course, T0, times, [low, lasts, apart]);
      const before = pagesOf(ward, rule).length;
      dips(ward, course, half, times, [low, lasts, apart]);
      expect(before).toBeLessThanOrEqual(12);
      expect(pagesOf(ward, rule).slice(before)).toEqual([]);
      const standing = ward.alerts().findLast((alert) => alert.recurring !== undefined)!;
      expect(standing).toMatchObject({ rule: { id: rule } });
      // The first may be too short while its values are still doubtful.
      expect(standing.recurring!.count).toBeGreaterThanOrEqual(2 * times - 1);
      expect(standing.status).toBe('open');
    },
  );

  it.each(HIGH_COURSES)(
    'page each time when they are of high priority and a quarter of an hour apart: %s',
    (rule, course, low) => {
      const ward = new Ward();
      const t = dips(ward, course, T0, 4, [low, 3, 18]);
      const before = pagesOf(ward, rule).length;
      dips(ward, course, t, 6, [low, 3, 18]);
      const later = newsOf(pagesOf(ward, rule).slice(before));
      expect(later.map(({ severity }) => severity)).toEqual(Array(6).fill('high'));
      expect(later.every(({ recurring }) => recurring!.count > 4)).toBe(true);
    },
  );

  it('are raised no more than five times, whatever the pauses between them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 55 }), { minLength: 12, maxLength: 18 }), (pauses) => {
        const ward = new Ward();
        let t = T0;
        for (const apart of pauses) t = dips(ward, SATURATION, t, 1, [88, 1, apart]);
        const raised = pagesOf(ward).filter(({ transition }) => transition === 'raised');
        expect(raised.length).toBeLessThanOrEqual(5);
        expect(raised.some(({ recurring }) => recurring !== undefined)).toBe(true);
      }),
      propertyRuns(10),
    );
  });

  it('are resolved an hour after the last', () => {
    const ward = new Ward();
    const end = dips(ward, SATURATION, T0, 4, [88, 1, 8]);
    stretch(ward, SATURATION, end, 50, 96);
    expect(ward.alerts().at(-1)!.status).toBe('open');
    stretch(ward, SATURATION, end + 50 * MINUTE, 5, 96);
    expect(ward.alerts().at(-1)).toMatchObject({ status: 'resolved', recurring: { count: 4 } });
  });
});

describe('what is worse than the events that paged', () => {
  it.each([
    ['further by a clear step', 88, 86.5, 83],
    ['of the same severity', 83, 81, 78],
  ])('pages at once: %s', (_, low, little, deep) => {
    const ward = new Ward();
    let t = dips(ward, SATURATION, T0, 8, [low, 1, 8]);
    const before = pagesOf(ward).length;
    t = dips(ward, SATURATION, t, 3, [little, 1, 8]);
    expect(pagesOf(ward)).toHaveLength(before);
    t = dips(ward, SATURATION, t, 1, [deep, 1, 8]);
    expect(pagesOf(ward).slice(before)).toMatchObject([{ transition: 'raised', reason: 'worse', severity: 'high' }]);
    dips(ward, SATURATION, t, 6, [deep, 1, 8]);
    const later = pagesOf(ward).slice(before + 1);
    expect(later.every(({ reason }) => reason === 'unacknowledged')).toBe(true);
  });

  it('pages also after the milder ones were ignored, escalated for it and then acknowledged', () => {
    const ward = new Ward();
    let t = dips(ward, { ...HEART, usual: 100 }, T0, 6, [130, 12, 20]);
    const escalated = pagesOf(ward)
      .filter(({ reason }) => reason === 'unacknowledged')
      .at(-1)!;
    expect(escalated.severity).toBe('high');
    ward.act({ type: 'acknowledge', episode: escalated.episode }, t);
    const before = pagesOf(ward).length;
    t = dips(ward, HEART, t, 1, [155, 3, 5]);
    expect(pagesOf(ward).slice(before).at(-1)).toMatchObject({ severity: 'high', status: 'open' });
  });

  it('is one that lasts: a quarter of an hour, then twice as long as the last that paged for it', () => {
    const ward = new Ward();
    let t = dips(ward, SATURATION, T0, 5, [88, 2, 8]);
    const persisting = (): number => pagesOf(ward).filter(({ reason }) => reason === 'persists').length;
    t = dips(ward, SATURATION, t, 3, [88, 20, 10]);
    expect(persisting()).toBe(1);
    t = dips(ward, SATURATION, t, 3, [88, 35, 10]);
    expect(persisting()).toBe(2);
    dips(ward, SATURATION, t, 3, [88, 65, 10]);
    expect(persisting()).toBe(5);
  });
});

describe('lows of glucose that come back', () => {
  /** The readings, five minutes apart, and then 110 until the given time is over, thirty times. */
  const lows = (dip: readonly number[], minutes: number): Ward => {
    const ward = new Ward();
    const usual = Array<number>(Math.max(0, minutes / 5 - dip.length)).fill(110);
    const all = Array.from({ length: 30 }, () => [...dip, ...usual]).flat();
    for (const sample of series(GLUCOSE, T0, 5 * MINUTE, all)) ward.send([sample]);
    return ward;
  };

  it.each([
    [[65], 15],
    [[65], 45],
    [[45], 35],
    [[90, 66, 52, 66, 90], 30],
    [[85, 68, 85], 20],
    [[85, 68, 85], 40],
  ])('page a bounded number of times: %j every %i min', (dip, minutes) => {
    expect(pagesOf(lows(dip, minutes)).length).toBeLessThanOrEqual(16);
  });

  it.each([
    [[45, 45], 50],
    [[95, 75, 60, 48, 48, 60, 75, 95], 45],
    [[95, 75, 60, 48, 48, 60, 75, 95], 80],
    [[90, 66, 52, 66, 90], 55],
    [[90, 66, 52, 66, 90], 65],
  ])('that are very low page each, a quarter of an hour after the last was over: %j every %i min', (dip, minutes) => {
    const pages = newsOf(pagesOf(lows(dip, minutes)));
    expect(pages.filter(({ rule }) => rule.id === 'glucose-very-low')).toHaveLength(30);
    // A forecast of it, ten minutes before, may page too.
    expect(pages.length).toBeLessThanOrEqual(30 + 30 + 8);
  });

  it.each([
    [[95, 75, 60, 48, 48, 60, 75, 95], 95],
    [[95, 75, 60, 48, 48, 60, 75, 95], 125],
    [[90, 66, 52, 66, 90], 95],
    [[85, 68, 85], 95],
  ])('page once for each step of the fall, though nobody attends: %j every %i min', (dip, minutes) => {
    const ward = lows(dip, minutes);
    for (const rule of ['glucose-low-soon', 'glucose-urgent-low-soon', 'glucose-low', 'glucose-very-low'])
      expect(pagesOf(ward, rule).length).toBeLessThanOrEqual(30 + 1);
    expect(pagesOf(ward).filter(({ reason }) => reason === 'unacknowledged')).toEqual([]);
    expect(pagesOf(ward, Math.min(...dip) < 54 ? 'glucose-very-low' : 'glucose-low').length).toBeGreaterThanOrEqual(30);
  });

  it('of one fall page as it gets worse', () => {
    const ward = new Ward();
    for (const sample of series(GLUCOSE, T0, 5 * MINUTE, [110, 100, 90, 80, 72, 66, 60, 56, 52, 48]))
      ward.send([sample]);
    const raised = pagesOf(ward).filter(({ transition }) => transition === 'raised');
    expect(raised.at(-1)).toMatchObject({ severity: 'high' });
    expect(raised.length).toBeLessThanOrEqual(4);
  });
});

describe('a severity that falls and rises', () => {
  it.each([
    [6, 0, 3],
    [16, 5, 7],
    [29, 5, 7],
  ])('pages its return again once it was lower for a quarter of an hour: every %i min', (half, least, most) => {
    const ward = new Ward();
    let t = stretch(ward, HEART, T0, 12, 130);
    for (let n = 0; n < 6; n++) {
      t = stretch(ward, HEART, t, half, 165);
      t = stretch(ward, HEART, t, half, 130);
    }
    const rises = pagesOf(ward, 'heart-rate-high').filter(
      ({ transition, reason }) => transition === 'escalated' && reason !== 'unacknowledged',
    );
    expect(rises.length).toBeGreaterThanOrEqual(least);
    expect(rises.length).toBeLessThanOrEqual(most);
  });
});
