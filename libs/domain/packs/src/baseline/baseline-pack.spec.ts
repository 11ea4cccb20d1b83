import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { checkThresholds, viewOf } from '#libs/domain/twin';
import { HEART_RATE, HOUR, MINUTE, SECOND, emittedBy, Ward } from '#libs/testing/ward';
import { DEFAULT_CATALOGUE, PACKS } from '../packs.js';

const DAY = 24 * HOUR;
const START = Date.UTC(2026, 2, 1);
const SYSTOLIC = 5;
const RR = 2;

/** Repeatable, in -1 to 1. */
function noise(i: number): number {
  const x = Math.sin((i + 1) * 12.9898) * 43_758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

function usually(t: number): number {
  return Math.round(64 + 6 * noise(t / MINUTE));
}

/** Heart rate each half hour. */
function days(count: number, of: (t: number) => number = usually): WireSample[] {
  return Array.from({ length: count * 48 }, (_, i) => START + i * 30 * MINUTE).map((t) => ({
    c: HEART_RATE,
    t,
    x: of(t),
  }));
}

/** Heart rate at a steady pace. */
function stretch(start: number, minutes: number, of: (t: number) => number, every = 5): WireSample[] {
  return Array.from({ length: minutes / every }, (_, i) => start + i * every * MINUTE).map((t) => ({
    c: HEART_RATE,
    t,
    x: of(t),
  }));
}

function raised(t: number): number {
  return usually(t) + 40;
}

/** Records of this many samples, each received as soon as its newest. */
function wardAfter(arrival: readonly WireSample[], size: number): Ward {
  const ward = new Ward();
  let heard = START;
  for (let i = 0; i < arrival.length; i += size) {
    const record = arrival.slice(i, i + size);
    heard = Math.max(heard, ...record.map(({ t }) => t)) + SECOND;
    ward.send(record, heard);
  }
  return ward;
}

function derived(ward: Ward): unknown {
  return viewOf(DEFAULT_CATALOGUE, ward.state, ward.state.asOf!).derived;
}

describe('heart rate unusual for this person', () => {
  const known = days(8);
  const next = START + 8 * DAY + 2 * HOUR;

  it('is emitted after half an hour, in the low severity, with what is usual, and clears', () => {
    const ward = wardAfter(known, 48);
    const lines = [...stretch(next, 50, raised), ...stretch(next + 50 * MINUTE, 30, usually)].flatMap((sample) =>
      emittedBy(ward.send([sample])).map((line) => [line, (sample.t - next) / MINUTE]),
    );
    expect(lines).toEqual([
      ['heart-rate-unusual raised low open', 30],
      ['heart-rate-unusual resolved low resolved', 55],
    ]);
    const [alert] = ward.alerts();
    expect(alert).toMatchObject({
      category: 'physiological',
      threshold: { limit: 4, unit: '{spread}', comparison: 'at-or-above', layer: 'default' },
    });
    expect(alert!.summary).toMatch(
      /^Heart rate \d+ \/min, \d\.\d robust spreads above the patient's baseline for this time of day/,
    );
    expect(alert!.explanation.notes![0]).toMatch(/^baseline 6\d \/min, robust spread \d\.\d \/min, from [67] days$/);
    expect(alert!.evidence).toMatchObject([{ code: 'heart-rate', quality: 'good' }]);
  });

  it('is emitted for a rate far below as well', () => {
    const ward = wardAfter(known, 48);
    ward.send(stretch(next, 45, (t) => usually(t) - 30));
    expect(ward.alerts().map(({ rule, summary }) => [rule.id, summary.includes('spreads below')])).toContainEqual([
      'heart-rate-unusual',
      true,
    ]);
  });

  it('is silent while this person is not known, whatever the rate', () => {
    const ward = wardAfter(days(5), 48);
    ward.send(stretch(START + 5 * DAY, 90, (t) => usually(t) + 50));
    expect(ward.alerts()).toEqual([]);
    expect(derived(ward)).toMatchObject({ 'heart-rate-deviation': { refused: 'cold-start' } });
  });

  it('waits: neither shorter, nor with a pause in the values, nor by doubtful ones', () => {
    const ward = wardAfter(known, 48);
    ward.send(stretch(next, 30, raised));
    ward.send(stretch(next + HOUR, 30, raised));
    ward.send(stretch(next + 3 * HOUR, 60, raised).map((sample) => ({ ...sample, q: 1 as const })));
    expect(ward.alerts()).toEqual([]);
  });

  it('can be set for a patient, but not so that it clears beyond where it raises', () => {
    const ward = wardAfter(known, 48);
    const set = { rule: 'heart-rate-unusual', limits: { spreads: 10 }, reason: 'decided on the round' };
    ward.act({ type: 'set-thresholds', thresholds: [set] }, next);
    ward.send(stretch(next, 60, (t) => usually(t) + 30));
    expect(ward.alerts()).toEqual([]);
    expect(checkThresholds(DEFAULT_CATALOGUE, 'heart-rate-unusual', { spreads: 2.5 }).map(({ code }) => code)).toEqual([
      'limits-crossed',
    ]);
  });
});

describe('late data', () => {
  /** Seven and a half days; three unusual hours in the last one and a half. */
  const all = [
    ...days(6),
    ...stretch(
      START + 6 * DAY,
      36 * 60,
      (t) => ([8, 20, 31].includes(Math.floor((t - START - 6 * DAY) / HOUR)) ? raised(t) : usually(t)),
      10,
    ),
  ];
  const inOrder = wardAfter(all, 1);

  it('ends in the same episodes and the same baseline in any order of arrival within the lateness bound', () => {
    expect(inOrder.episodes()).toHaveLength(3);
    const delays = fc.array(fc.integer({ min: 0, max: 23 * 60 }), { minLength: 7, maxLength: 31 });
    fc.assert(
      fc.property(delays, fc.constantFrom(3, 40), (minutes, size) => {
        const arrival = all
          .map((sample, i) => [sample.t + minutes[i % minutes.length]! * MINUTE, sample] as const)
          .toSorted((a, b) => a[0] - b[0])
          .map(([, sample]) => sample);
        const late = wardAfter(arrival, size);
        expect(late.episodes()).toEqual(inOrder.episodes());
        expect(late.state.derived).toEqual(inOrder.state.derived);
      }),
      propertyRuns(3),
    );
  });

  it('batches change nothing', () => {
    for (const size of [48, 300]) {
      const ward = wardAfter(all, size);
      expect(JSON.stringify(ward.state.derived)).toBe(JSON.stringify(inOrder.state.derived));
      expect(ward.episodes()).toEqual(inOrder.episodes());
    }
  });

  it('unlearns what was withdrawn', () => {
    const wrong = { c: HEART_RATE, t: START + 6 * DAY + 20 * HOUR + 15 * MINUTE, x: 80, i: 'w' };
    const plain = wardAfter(days(7), 1);
    const ward = wardAfter([...days(7), wrong], 1);
    expect(ward.state.derived).not.toEqual(plain.state.derived);
    ward.send([{ c: HEART_RATE, t: wrong.t, i: 'w', w: 1 }], START + 7 * DAY);
    expect(ward.state.derived).toEqual(plain.state.derived);
  });
});

describe('derived measures in the view', () => {
  it('shows the deviation with what it rests on', () => {
    const ward = wardAfter(days(8), 48);
    expect((derived(ward) as Record<string, unknown>)['heart-rate-deviation']).toEqual({
      title: expect.any(String),
      unit: '1',
      of: ['heart-rate'],
      effectiveAt: '2026-03-08T23:30:00.000Z',
      value: expect.any(Number),
      parts: { expected: expect.any(Number), spread: expect.any(Number), days: 6 },
    });
  });

  it('shows the shock index of values of one hour, and refuses others', () => {
    const ward = new Ward();
    ward.send([
      { c: HEART_RATE, t: START, x: 90 },
      { c: SYSTOLIC, t: START + 30 * MINUTE, x: 120 },
    ]);
    expect(derived(ward)).toMatchObject({
      'shock-index': { value: 0.75, of: ['heart-rate', 'systolic-pressure'], effectiveAt: '2026-03-01T00:30:00.000Z' },
    });
    ward.send([{ c: HEART_RATE, t: START + 2 * HOUR, x: 90 }]);
    expect(derived(ward)).toMatchObject({ 'shock-index': { refused: 'too-far-apart' } });
    ward.send([{ c: HEART_RATE, t: START + 3 * HOUR, x: 90, q: 2 }]);
    expect(derived(ward)).toMatchObject({ 'shock-index': { refused: 'bad-value' } });
  });

  it('shows the variability of the newest five minutes, and the same when runs come late', () => {
    const runs = Array.from({ length: 60 }, (_, i): WireSample => {
      const s = Array.from({ length: 10 }, (__, k) => (k % 2 === 0 ? 790 : 810));
      return { c: RR, t: START + i * 8000, s };
    });
    const ward = new Ward();
    for (const run of runs) ward.send([run]);
    const { 'heart-rate-variability': shown } = viewOf(DEFAULT_CATALOGUE, ward.state, START).derived;
    // Every interval 20 ms from the one before it.
    expect(shown).toMatchObject({ unit: 'ms', parts: { rmssdMs: 20, pnn50Percent: 0, normalShare: 1 } });
    expect('value' in shown! && shown.value).toBeCloseTo(10, 1);
    const late = new Ward();
    for (const run of runs.filter((_, i) => i % 7 !== 6)) late.send([run]);
    expect(derived(late)).toMatchObject({ 'heart-rate-variability': { refused: 'too-few-intervals' } });
    late.send(
      runs.filter((_, i) => i % 7 === 6),
      START + HOUR,
    );
    expect(derived(late)).toEqual(derived(ward));
    expect(JSON.stringify(ward.state.derived).length).toBeLessThan(3000);
  });
});

describe('the catalogue of packs', () => {
  it('derives from measures of the pack, under names of their own', () => {
    const all = PACKS.flatMap(({ derived: measures, ...pack }) => measures.map((one) => ({ ...one, pack })));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, of, pack } of all) {
      expect([name, of.filter((measure) => !pack.measures.includes(measure))]).toEqual([name, []]);
    }
  });
});
