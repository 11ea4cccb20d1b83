import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { HEART_RATE, HOUR, MINUTE, SECOND, series, T0, Ward } from '#libs/testing/ward';
import { citedOf, draftWith } from '../fixtures/draft.fixture.js';
import type { Change } from '../state/draft.js';
import { refuseCited, refuseVersion } from './refuse.js';

describe('a value that was accepted and is not used', () => {
  const bad: readonly (readonly [string, WireSample])[] = [
    ['value-not-finite', { c: HEART_RATE, t: T0, x: Number.NaN }],
    ['value-missing', { c: HEART_RATE, t: T0 }],
    ['measure-unknown', { c: 999, t: T0, x: 1 }],
    ['time-invalid', { c: HEART_RATE, t: 0.5, x: 70 }],
    ['value-not-finite', { c: 2, t: T0, s: [800, Number.POSITIVE_INFINITY] }],
  ];
  it.each(bad)('is listed with its reason: %s', (reason, sample) => {
    const ward = new Ward();
    const { refused, counts } = ward.send(
      [
        { ...sample, i: 'their-id' },
        { c: HEART_RATE, t: T0, x: 71 },
      ],
      T0 + SECOND,
    );
    expect(refused).toMatchObject([
      { reason, code: sample.c, t: sample.t, id: 'their-id', source: 'gateway', device: '' },
    ]);
    expect(refused[0]!.x).toBe(sample.x);
    expect(Object.keys(refused[0]!).includes('x')).toBe(sample.x !== undefined);
    expect(counts).toMatchObject({ applied: 1, dropped: { [reason]: 1 } });
  });

  it('is listed where it is stored and not judged, and says so', () => {
    const ward = new Ward();
    ward.send(series(HEART_RATE, T0 + 48 * HOUR, MINUTE, [70]));
    const late = ward.send([{ c: HEART_RATE, t: T0, x: 71, i: 'old' }], T0 + 49 * HOUR);
    const identity = late.measurements[0]!.identity;
    expect(late.refused).toEqual([
      {
        reason: 'too-late-for-rules',
        code: HEART_RATE,
        t: T0,
        x: 71,
        source: 'gateway',
        device: '',
        id: 'old',
        stored: { identity, version: 1 },
      },
    ]);
    expect(ward.send(series(HEART_RATE, T0 + 90 * HOUR, MINUTE, [71]), T0 + 49 * HOUR).refused).toMatchObject([
      { reason: 'ahead-of-receipt', stored: { version: 1 } },
    ]);
  });

  it('is listed where a detector refuses it, once and with the record that brought it', () => {
    const ward = new Ward();
    const ecg = (t: number, h: string, p = 8): WireSample => ({
      c: 12,
      t,
      s: Array.from({ length: 125 }, () => 0.1),
      p,
      h,
    });
    expect(ward.send([ecg(T0, 'II', 100)], T0 + SECOND).refused).toMatchObject([
      { reason: 'wave-rhythm-unusable-rate', code: 12, stored: { version: 1 } },
    ]);
    const reasons = ward.outcomes.at(-1)!.measurements[0]!.judged;
    expect(reasons).toEqual({ quality: 0, reasons: ['wave-rhythm-unusable-rate'] });
    expect(ward.send([ecg(T0 + SECOND, 'II')], T0 + 2 * SECOND).refused).toEqual([]);
  });

  it('is listed a bounded number of times, and counted always', () => {
    const ward = new Ward();
    const { refused, counts } = ward.send(
      Array.from({ length: 500 }, (_, i): WireSample => ({ c: HEART_RATE, t: T0 + i, x: Number.NaN })),
      T0 + SECOND,
    );
    expect(refused).toHaveLength(100);
    expect(counts.dropped['value-not-finite']).toBe(500);
  });
});

describe('a version that one detector or all rules refuse', () => {
  const version = (over: Partial<Change> = {}): Change => ({
    identity: 'a',
    version: 1,
    hash: '1',
    code: HEART_RATE,
    t: T0,
    quality: 1,
    reasons: ['motion'],
    sourced: false,
    source: 'gateway',
    device: 'watch',
    receivedAt: T0,
    retracted: false,
    ...over,
  });

  it('keeps its quality, and says why it was not judged beside what is said of it already', () => {
    const [sent, judged] = [version(), version({ judged: { quality: 2, reasons: ['spike'] } })];
    const draft = draftWith({});
    for (const one of [sent, judged]) refuseVersion(draft, one, 'too-late');
    expect(sent.judged).toEqual({ quality: 1, reasons: ['motion', 'too-late'] });
    expect(judged.judged).toEqual({ quality: 2, reasons: ['spike', 'too-late'] });
    expect(draft.refused[0]).toEqual({
      reason: 'too-late',
      code: HEART_RATE,
      t: T0,
      source: 'gateway',
      device: 'watch',
      stored: { identity: 'a', version: 1 },
    });
  });

  it('is listed a hundred times at most, and counted always', () => {
    const draft = draftWith({});
    for (let n = 0; n < 101; n++) refuseVersion(draft, version(), 'too-late');
    expect([draft.refused.length, draft.counts.dropped['too-late']]).toEqual([100, 101]);
  });

  it('is one of this record, and refused by one reason once', () => {
    const draft = draftWith({});
    draft.measurements.push(version({ identity: 'b' }), version(), version({ version: 2 }));
    const cited = citedOf({ identity: 'a', version: 2 });
    for (const reason of ['noisy', 'noisy', 'short']) refuseCited(draft, cited, reason);
    refuseCited(draft, citedOf({ identity: 'of an earlier record' }), 'noisy');
    refuseCited(draft, citedOf({ identity: 'b', version: 2 }), 'noisy');
    expect(draft.measurements.map(({ judged }) => judged?.reasons)).toEqual([
      undefined,
      undefined,
      ['motion', 'noisy', 'short'],
    ]);
    expect(draft.counts.dropped).toEqual({ noisy: 4, short: 1 });
    expect(draft.refused).toHaveLength(2);
  });
});
