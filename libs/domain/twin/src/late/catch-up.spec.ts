import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HOUR, MINUTE, OXYGEN, SECOND, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';

const MIN5 = 5 * MINUTE;
const LATE = 3 * HOUR;

/** Pages and retrospective alerts by what they say: rule, severity, status; without what only time brings. */
function emitted(ward: Ward): string[] {
  return ward
    .alerts()
    .filter(
      ({ transition, reason }) =>
        (transition === 'raised' || transition === 'escalated' || transition === 'retrospective') &&
        reason !== 'unacknowledged',
    )
    .map(
      ({ rule, transition, severity, status, effectiveAt }) =>
        `${rule.id} ${transition} ${severity} ${status} ${effectiveAt}`,
    )
    .toSorted();
}

function pages(ward: Ward): string[] {
  return emitted(ward).filter((line) => !line.includes('retrospective'));
}

/** Readings in records of the given sizes, taken in turn, `apart` ms from each other; ticks after the last. */
function sent(
  samples: readonly WireSample[],
  sizes: readonly number[],
  { from, apart = SECOND, quiet = true }: { from: number; apart?: number; quiet?: boolean },
): Ward {
  const ward = new Ward();
  let at = from;
  for (let i = 0, turn = 0; i < samples.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    ward.send(samples.slice(i, i + size), at);
    i += size;
    at += apart;
  }
  if (quiet) ward.tick(at + 15 * SECOND);
  return ward;
}

/** A night of a sensor: a low that gets very low, a recovery, another one. */
const NIGHT = [120, 110, 95, 82, 68, 60, 52, 50, 58, 75, 90, 95, 100, 110, 68, 66, 80, 90, 95, 100, 110];

describe('a backlog', () => {
  const backlog = series(GLUCOSE, T0, MIN5, NIGHT);
  const from = T0 + NIGHT.length * MIN5 + LATE;

  it('sent one message per reading pages nobody, as when it is sent at once', () => {
    const atOnce = sent(backlog, [backlog.length], { from });
    const oneByOne = sent(backlog, [1], { from });
    expect(pages(atOnce)).toEqual([]);
    expect(emitted(oneByOne)).toEqual(emitted(atOnce));
    expect(emitted(atOnce).length).toBeGreaterThan(1);
  });

  it('that ends in a low pages it once, late, when nothing more comes', () => {
    const low = [...backlog, ...series(GLUCOSE, T0 + NIGHT.length * MIN5, MIN5, [66, 64])];
    const ward = sent(low, [1], { from: from + HOUR, quiet: false });
    expect(pages(ward)).toEqual([]);
    expect(ward.outcomes.flatMap(({ timers }) => timers).map(({ timer }) => timer)).toContain('catching-up');
    const due = ward.state.timers['catching-up']!;
    for (let at = due; at < due + 20 * SECOND; at += SECOND) ward.tick(at);
    expect(pages(ward)).toEqual([expect.stringContaining('glucose-low raised medium open')]);
    expect(ward.state.timers['catching-up']).toBeUndefined();
    expect(ward.alerts().at(-1)!.lateSeconds).toBeGreaterThan(3600);
    expect(pages(sent(low, [low.length], { from: from + HOUR }))).toEqual(pages(ward));
  });

  it('of a single old value is paged within six seconds', () => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 45 }], T0 + LATE);
    expect(pages(ward)).toEqual([]);
    ward.tick(T0 + LATE + 5_999);
    expect(pages(ward)).toEqual([]);
    ward.tick(T0 + LATE + 6_000);
    expect(pages(ward)).toEqual([expect.stringContaining('glucose-very-low raised high open')]);
    expect(ward.outcomes.at(-1)!.suppressions.map(({ rule }) => rule)).toEqual(['glucose-low']);
  });

  it('that never ends is no reason to wait for more than five minutes', () => {
    const ward = new Ward();
    const all = series(OXYGEN, T0, 4 * SECOND, Array<number>(500).fill(80));
    all.forEach((sample, i) => ward.send([sample], T0 + LATE + i * SECOND));
    const [page] = ward.alerts().filter(({ transition }) => transition === 'raised');
    const at = ward.outcomes.findIndex(({ transitions }) => transitions.some(({ alert }) => alert === page));
    expect(at).toBe(300);
  });

  it('that catches up pages what still holds then', () => {
    const ward = new Ward();
    const low = series(OXYGEN, T0, MINUTE, Array<number>(60).fill(82));
    low.forEach((sample, i) => ward.send([sample], T0 + HOUR - MINUTE + i * 10));
    expect(pages(ward)).toEqual([expect.stringContaining('oxygen-saturation-low raised high open')]);
    expect(ward.alerts()[0]!.effectiveAt).toBe(new Date(T0).toISOString());
    // Not before the newest.
    expect(ward.outcomes.findIndex(({ transitions }) => transitions.length > 0)).toBe(59);
  });

  it('does not raise the severity of an open alert for what is over again', () => {
    const live = series(OXYGEN, T0, MINUTE, [88, 88]);
    const gap = series(OXYGEN, T0 + 2 * MINUTE, MINUTE, [88, 84, 83, 88, 88, 88, 88]);
    const [oneByOne, atOnce] = [new Ward(), new Ward()];
    for (const ward of [oneByOne, atOnce]) for (const sample of live) ward.send([sample]);
    gap.forEach((sample, i) => oneByOne.send([sample], T0 + LATE + i * SECOND));
    atOnce.send(gap, T0 + LATE);
    for (const ward of [oneByOne, atOnce]) ward.tick(T0 + LATE + MINUTE);
    expect(pages(oneByOne)).toEqual(pages(atOnce));
    expect(pages(oneByOne)).toHaveLength(1);
    // And pages it when it is not.
    const worse = series(OXYGEN, T0 + HOUR, MINUTE, [84, 83]);
    worse.forEach((sample, i) => oneByOne.send([sample], T0 + LATE + 2 * MINUTE + i * 100));
    expect(allEmittedBy(oneByOne.outcomes.at(-1)!)).toEqual([]);
    expect(allEmittedBy(oneByOne.tick(T0 + LATE + 3 * MINUTE))).toContain('oxygen-saturation-low escalated high open');
  });

  it('beside live values holds nothing of theirs', () => {
    const ward = new Ward();
    const now = T0 + LATE;
    for (let i = 0; i < 20; i++) ward.send([{ c: OXYGEN, t: T0 + i * MINUTE, x: 95, d: 'old' }], now + i * SECOND);
    ward.send([{ c: OXYGEN, t: now + 20 * SECOND, x: 80, d: 'live' }], now + 20 * SECOND);
    expect(allEmittedBy(ward.outcomes.at(-1)!)).toEqual(['oxygen-saturation-low raised high open']);
  });

  it('that pauses is emitted as it stands, and then as it ends', () => {
    const ward = new Ward();
    const steps = series(GLUCOSE, T0, MIN5, [110, 100, 62, 61, 60, 80, 90, 100, 110, 110, 110, 110, 110, 110]);
    steps.forEach((sample, i) => ward.send([sample], T0 + 2 * HOUR + i * 150));
    expect(ward.alerts().map(({ rule, transition }) => `${rule.id} ${transition}`)).toEqual(
      expect.arrayContaining(['glucose-low raised', 'glucose-low resolved']),
    );
  });

  it('of a value that is minutes old is paged with the next tick', () => {
    const ward = new Ward();
    const now = T0 + 40 * MINUTE;
    ward.send([{ c: GLUCOSE, t: T0, x: 45 }], now);
    expect(ward.state.timers['catching-up']).toBe(now + 130);
    ward.tick(now + 130);
    expect(pages(ward)).toEqual([expect.stringContaining('glucose-very-low raised high open')]);
  });

  it('is over with the first value of the present, which pages at once', () => {
    const ward = new Ward();
    const now = T0 + HOUR;
    ward.send([{ c: GLUCOSE, t: T0, x: 110 }], now);
    expect(allEmittedBy(ward.send([{ c: GLUCOSE, t: now - 29 * SECOND, x: 38 }], now + SECOND))).toContainEqual(
      expect.stringContaining('glucose-very-low raised high open'),
    );
  });

  it('is not what is always late by the same: that pages at once', () => {
    const ward = new Ward();
    const slow = 20 * MINUTE;
    const values = [...Array<number>(12).fill(96), 80];
    series(OXYGEN, T0, 15 * SECOND, values).forEach((sample) => ward.send([sample], sample.t + slow));
    expect(pages(ward)).toHaveLength(1);
  });

  it('keeps its state through a store', () => {
    const ward = new Ward('p1', (state) => JSON.parse(JSON.stringify(state)) as typeof state);
    backlog.slice(0, 8).forEach((sample, i) => ward.send([sample], from + i * SECOND));
    expect(pages(ward)).toEqual([]);
    ward.tick(from + MINUTE);
    expect(pages(ward)).toEqual([expect.stringContaining('glucose-very-low raised high open')]);
  });

  it('pages the same however it is cut', () => {
    const levels = { [GLUCOSE]: [45, 52, 60, 68, 76, 90, 110, 260], [OXYGEN]: [78, 84, 88, 91, 94, 97] } as const;
    const cut = fc.record({
      code: fc.constantFrom<typeof GLUCOSE | typeof OXYGEN>(GLUCOSE, OXYGEN),
      walk: fc.array(fc.nat(7), { minLength: 3, maxLength: 60 }),
      sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      // What is hours late may come slowly; what is minutes late, without a pause.
      late: fc.oneof(
        fc.record({ lag: fc.constantFrom(0, 10 * MINUTE), apart: fc.constantFrom(0, 20, 100) }),
        fc.record({ lag: fc.constant(LATE), apart: fc.constantFrom(0, 20, SECOND, 5 * SECOND) }),
      ),
    });
    let [paged, past] = [0, 0];
    fc.assert(
      fc.property(cut, ({ code, walk, sizes, late: { lag, apart } }) => {
        const values = walk.map((level) => levels[code][level % levels[code].length]!);
        const samples = series(code, T0, MIN5, values);
        const sentFrom = samples.at(-1)!.t + lag;
        const whole = sent(samples, [samples.length], { from: sentFrom });
        const parts = sent(samples, sizes, { from: sentFrom, apart });
        expect(pages(parts)).toEqual(pages(whole));
        expect(emitted(parts)).toEqual(emitted(whole));
        paged += pages(whole).length;
        past += emitted(whole).length - pages(whole).length;
      }),
      propertyRuns(300),
    );
    expect(Math.min(paged, past)).toBeGreaterThan(metInRuns(30));
  });
});
