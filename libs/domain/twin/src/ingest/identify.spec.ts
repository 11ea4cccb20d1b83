import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';

const heartRate = (minute: number, x: number, over: Partial<WireSample> = {}): WireSample => ({
  c: HEART_RATE,
  t: T0 + minute * MINUTE,
  x,
  ...over,
});
const own = (id: string, minute: number, x: number, over: Partial<WireSample> = {}): WireSample =>
  heartRate(minute, x, { i: id, ...over });
const withdrawn = (id: string, minute = 0): WireSample => ({ c: HEART_RATE, t: T0 + minute * MINUTE, i: id, w: 1 });

/** Received at this minute. */
const send = (ward: Ward, minute: number, ...samples: readonly WireSample[]) =>
  ward.send(samples, T0 + minute * MINUTE + SECOND);

describe('a value that comes again', () => {
  it.each([
    { name: 'by its device, measure and time', first: heartRate(0, 70), again: heartRate(0, 70) },
    { name: 'by an identifier of its own', first: own('a', 0, 70), again: own('a', 0, 70) },
  ])('is counted as a duplicate: $name', ({ first, again }) => {
    const ward = new Ward();
    expect(send(ward, 0, first).counts).toMatchObject({ applied: 1, duplicates: 0, corrections: 0 });
    const outcome = send(ward, 1, again);
    expect(outcome.counts).toMatchObject({ applied: 0, duplicates: 1, corrections: 0 });
    expect(outcome.measurements).toEqual([]);
    expect(outcome.state.version).toBe(1);
  });

  it('is one in the same record too', () => {
    const ward = new Ward();
    expect(send(ward, 0, heartRate(0, 70), heartRate(0, 70)).counts).toMatchObject({ applied: 1, duplicates: 1 });
    expect(send(ward, 1, own('a', 1, 70), own('a', 1, 70)).counts).toMatchObject({ applied: 1, duplicates: 1 });
  });

  it('with another content is a correction, which replaces the version before', () => {
    const ward = new Ward();
    const [first] = send(ward, 0, heartRate(0, 70)).measurements;
    const outcome = send(ward, 1, heartRate(0, 75));
    expect(outcome.counts).toMatchObject({ applied: 1, duplicates: 0, corrections: 1 });
    expect(outcome.measurements).toMatchObject([
      {
        identity: first!.identity,
        version: 2,
        x: 75,
        receivedAt: T0 + MINUTE + SECOND,
        replaces: { version: 1, code: HEART_RATE, t: T0, judgedAt: T0, retracted: false, lasts: 0 },
      },
    ]);
  });

  it('may be corrected in time and measure where it has an identifier of its own', () => {
    const ward = new Ward();
    send(ward, 0, own('a', 0, 70));
    const [next] = send(ward, 9, { ...own('a', 5, 100), c: GLUCOSE }).measurements;
    expect(next).toMatchObject({ version: 2, code: GLUCOSE, t: T0 + 5 * MINUTE, sourced: true, id: 'a' });
    expect(next!.replaces).toMatchObject({ code: HEART_RATE, t: T0 });
  });

  it('is looked up only where it may have been sent before', () => {
    const ward = new Ward();
    send(ward, 0, heartRate(0, 70));
    send(ward, 1, heartRate(1, 71));
    expect(ward.loads).toBe(0);
    send(ward, 2, heartRate(1, 71));
    expect(ward.loads).toBe(1);
    send(ward, 3, own('a', 3, 71));
    expect(ward.loads).toBe(2);
  });

  it('replaces a series that lasted', () => {
    const ward = new Ward();
    const wave = { c: 12, t: T0, s: [1, 2, 3, 4], p: 4, i: 'wave' };
    send(ward, 0, wave);
    expect(send(ward, 1, { ...wave, s: [1, 2, 3] }).measurements[0]!.replaces).toMatchObject({ lasts: 16 });
  });
});

describe('an old version that the transport brings again', () => {
  const received = (ward: Ward, minute: number, x: number) => send(ward, minute, own('a', 0, x)).counts;

  it('is a duplicate, because it was received before the one that replaced it', () => {
    const ward = new Ward();
    received(ward, 1, 70);
    received(ward, 5, 75);
    expect(received(ward, 1, 70)).toMatchObject({ duplicates: 1, corrections: 0 });
    expect(ward.state.measures[HEART_RATE]!.latest!.x).toBe(75);
  });

  it('is a correction back to it when it was sent later', () => {
    const ward = new Ward();
    received(ward, 1, 70);
    received(ward, 5, 75);
    expect(received(ward, 6, 70)).toMatchObject({ duplicates: 0, corrections: 1 });
    expect(ward.state.measures[HEART_RATE]!.latest!.x).toBe(70);
  });

  it('is a correction where it was never replaced, whenever it was received', () => {
    const ward = new Ward();
    received(ward, 1, 70);
    received(ward, 5, 75);
    expect(received(ward, 1, 72)).toMatchObject({ duplicates: 0, corrections: 1 });
  });

  it('is recognised among the 16 versions that were replaced last', () => {
    const ward = new Ward();
    received(ward, 1, 70);
    for (let n = 1; n <= 17; n++) received(ward, 10 + n, 70 + n);
    expect(ward.state.replaced).toHaveLength(16);
    expect(received(ward, 2, 72)).toMatchObject({ duplicates: 1 });
    expect(received(ward, 1, 70)).toMatchObject({ duplicates: 0, corrections: 1 });
  });
});

describe('a withdrawal', () => {
  it('keeps what it withdraws, and is a version of its own', () => {
    const ward = new Ward();
    const value = own('a', 0, 70, { q: 1, b: '<', o: [70, '/min'] });
    const [first] = send(ward, 0, value).measurements;
    const outcome = send(ward, 5, withdrawn('a', 3));
    expect(outcome.counts).toMatchObject({ applied: 1, corrections: 1 });
    expect(outcome.measurements[0]).toMatchObject({
      identity: first!.identity,
      version: 2,
      retracted: true,
      code: HEART_RATE,
      t: T0,
      x: 70,
      comparator: '<',
      quality: 1,
    });
    expect(outcome.measurements[0]!.hash).not.toBe(first!.hash);
    expect(ward.state.measures[HEART_RATE]!.latest).toBeNull();
  });

  it('keeps a series with its channel', () => {
    const ward = new Ward();
    send(ward, 0, { c: 12, t: T0, s: [1, 2, 3], p: 4, h: 'II', i: 'wave' });
    expect(send(ward, 5, { c: 12, t: T0, i: 'wave', w: 1 }).measurements[0]).toMatchObject({
      retracted: true,
      series: [1, 2, 3],
      periodMs: 4,
      channel: 'II',
    });
  });

  it('that comes again is a duplicate; a value after it holds again', () => {
    const ward = new Ward();
    send(ward, 0, own('a', 0, 70));
    send(ward, 1, withdrawn('a'));
    expect(send(ward, 2, withdrawn('a')).counts).toMatchObject({ duplicates: 1, corrections: 0 });
    const [third] = send(ward, 3, own('a', 0, 70)).measurements;
    expect(third).toMatchObject({ version: 3, retracted: false, x: 70, replaces: { retracted: true } });
  });

  it('of what nobody has sent is dropped and counted', () => {
    const ward = new Ward();
    const { counts, measurements } = send(ward, 0, withdrawn('a'));
    expect([counts.dropped, measurements]).toEqual([{ 'withdrawal-of-unknown': 1 }, []]);
  });
});
