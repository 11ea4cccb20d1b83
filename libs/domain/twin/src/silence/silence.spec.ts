import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, SECOND, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';

const MIN5 = 5 * MINUTE;
const LIMIT = 30 * MINUTE;
const raised = 'no-data raised low open';
const resolved = 'no-data resolved low resolved';

/** Four values, one record each: the last is heard at T0 + 15 min + 1 s. */
function continuous(ward: Ward, code = GLUCOSE, device = 'sensor'): number {
  for (const sample of series(code, T0, MIN5, [100, 100, 100, 100])) ward.send([{ ...sample, d: device }]);
  return T0 + 3 * MIN5 + SECOND;
}

describe('no-data', () => {
  it('raises no-data by a tick when its limit has passed since the newest value', () => {
    const ward = new Ward();
    const heard = continuous(ward);
    const due = heard + LIMIT;
    expect(ward.outcomes.flatMap(({ timers }) => timers)).toEqual([{ timer: 'no-data', dueAt: due }]);
    expect(allEmittedBy(ward.tick(due - 1))).toEqual([]);
    const outcome = ward.tick(due);
    expect(allEmittedBy(outcome)).toEqual([raised]);
    expect(outcome.timers).toEqual([{ timer: 'no-data', dueAt: null }]);
    expect(outcome.transitions[0]!.alert).toMatchObject({
      effectiveAt: new Date(due).toISOString(),
      lateSeconds: 0,
      evidence: [],
      threshold: { limit: 1800, unit: 's', comparison: 'silent-for', owner: 'default' },
      summary: 'No data: glucose from gateway, newest value of 08:15:00 UTC, silent for more than 30 min.',
    });
    expect(allEmittedBy(ward.tick(due + HOUR))).toEqual([]);
  });

  it('moves the timer only when it has expired', () => {
    const ward = new Ward();
    const heard = continuous(ward);
    const next = ward.send([{ c: GLUCOSE, t: T0 + 4 * MIN5, x: 100, d: 'sensor' }]);
    expect(next.timers).toEqual([]);
    const early = ward.tick(heard + LIMIT);
    expect(allEmittedBy(early)).toEqual([]);
    expect(early.timers).toEqual([{ timer: 'no-data', dueAt: T0 + 4 * MIN5 + SECOND + LIMIT }]);
  });

  it('resolves no-data when the source sends again', () => {
    const ward = new Ward();
    const due = continuous(ward) + LIMIT;
    ward.tick(due);
    expect(allEmittedBy(ward.send([{ c: GLUCOSE, t: due + MIN5, x: 100, d: 'sensor' }]))).toEqual([resolved]);
  });

  it('raises no no-data for streams that are not continuous', () => {
    const ward = new Ward();
    for (const sample of series(GLUCOSE, T0, 4 * HOUR, [100, 100, 100, 100, 100])) ward.send([sample]);
    expect(allEmittedBy(ward.tick(T0 + 48 * HOUR))).toEqual([]);
  });

  it('raises no no-data while old values arrive: a gateway that catches up is not silent', () => {
    const ward = new Ward();
    continuous(ward);
    const now = T0 + 6 * HOUR;
    const backlog = series(GLUCOSE, T0 + 4 * MIN5, MIN5, Array<number>(12).fill(100));
    // Half of it in order, half newest first.
    for (const [i, sample] of [...backlog.slice(0, 6), ...backlog.slice(6).reverse()].entries()) {
      const outcome = ward.send([{ ...sample, d: 'sensor' }], now + i * SECOND);
      expect(allEmittedBy(outcome)).toEqual([]);
      expect(outcome.counts.dropped).toEqual({ 'no-data-held-back-catching-up': 1 });
    }
    expect(allEmittedBy(ward.tick(now + 11 * SECOND + LIMIT))).toEqual([raised]);
  });

  it('raises no no-data while another source sends the same measure', () => {
    const ward = new Ward();
    const due = continuous(ward, HEART_RATE, 'watch') + 15 * MINUTE;
    for (const sample of series(HEART_RATE, T0 + 10 * MINUTE, MIN5, [80, 80, 80, 80])) {
      ward.send([{ ...sample, d: 'strap' }]);
    }
    const outcome = ward.tick(due);
    expect(allEmittedBy(outcome)).toEqual([]);
    expect(outcome.counts.dropped).toEqual({ 'no-data-held-back-other-source': 1 });
    expect(allEmittedBy(ward.tick(due + HOUR))).toEqual([raised]);
  });

  it('is one no-data episode for all silent streams, amended when they change', () => {
    const ward = new Ward();
    const heard = continuous(ward, GLUCOSE, 'sensor');
    continuous(ward, HEART_RATE, 'watch');
    expect(allEmittedBy(ward.tick(heard + 15 * MINUTE))).toEqual([raised]);
    expect(allEmittedBy(ward.tick(heard + LIMIT))).toEqual(['no-data amended low open']);
    const again = heard + HOUR;
    expect(allEmittedBy(ward.send([{ c: GLUCOSE, t: again, x: 100, d: 'sensor' }]))).toEqual([
      'no-data amended low open',
    ]);
    expect(allEmittedBy(ward.send([{ c: HEART_RATE, t: again, x: 80, d: 'watch' }]))).toEqual([resolved]);
  });

  it('applies the no-data limit of the patient', () => {
    const ward = new Ward();
    const heard = continuous(ward);
    const limits = { glucoseSeconds: 600 };
    ward.act({ type: 'set-thresholds', thresholds: [{ rule: 'no-data', limits, reason: 'tight' }] }, heard);
    const outcome = ward.tick(heard + 10 * MINUTE);
    expect(allEmittedBy(outcome)).toEqual([raised]);
    expect(outcome.transitions[0]!.alert.threshold).toMatchObject({ limit: 600, owner: 'dr-a', reason: 'tight' });
  });

  it('evaluates silence across midnight as at any other time', () => {
    const ward = new Ward();
    const start = Date.UTC(2026, 2, 1, 23, 50);
    for (const sample of series(GLUCOSE, start, MIN5, [100, 100, 100, 100, 100])) {
      expect(allEmittedBy(ward.send([sample]))).toEqual([]);
    }
    expect(allEmittedBy(ward.tick(start + 25 * MINUTE))).toEqual([]);
  });

  it('raises no-data by ticks alone, which know whether the system was receiving', () => {
    const ward = new Ward();
    const due = continuous(ward, HEART_RATE, 'watch') + 15 * MINUTE;
    const other = ward.send([{ c: 3, t: due + HOUR, x: 98, d: 'oximeter' }]);
    expect(allEmittedBy(other)).toEqual([]);
    expect(allEmittedBy(ward.tick(due + HOUR + SECOND))).toEqual([raised]);
  });

  it('restarts the no-data limit after an outage of the system itself', () => {
    const ward = new Ward();
    const heard = continuous(ward);
    const up = heard + LIMIT + HOUR;
    const tick = (receivedAt: number, listeningSince: number) =>
      ward.take({ v: 1, kind: 'tick', tenant: 1, patient: 'p1', receivedAt, listeningSince });
    const first = tick(up + SECOND, up);
    expect([allEmittedBy(first), first.timers]).toEqual([[], [{ timer: 'no-data', dueAt: up + LIMIT }]]);
    // It is remembered: a later record need not say it again, and an older time does not take it back.
    expect(allEmittedBy(tick(up + LIMIT - 1, 0))).toEqual([]);
    expect(allEmittedBy(ward.tick(up + LIMIT))).toEqual([raised]);
  });

  it.each(['acknowledge', 'snooze', 'resolve'] as const)(
    'another source that falls silent is told also after %s of the first',
    (type) => {
      const ward = new Ward();
      const heard = continuous(ward, GLUCOSE, 'sensor');
      continuous(ward, HEART_RATE, 'watch');
      const [first] = ward.tick(heard + 15 * MINUTE).transitions;
      const until = heard + 20 * HOUR;
      ward.act({ type, episode: first!.episode, until }, heard + 16 * MINUTE);
      const second = ward.tick(heard + LIMIT);
      expect(allEmittedBy(second)).toEqual([raised]);
      expect(second.transitions[0]!.alert.summary).toContain('Another source has stopped sending.');
    },
  );
});

describe('system-outage', () => {
  const from = T0;
  const outage = (ward: Ward, receivedAt: number, until?: number, began = from) =>
    ward.take({
      v: 1,
      kind: 'tick',
      tenant: 1,
      patient: '_system',
      receivedAt,
      outage: { components: ['twin-engine'], from: began, ...(until === undefined ? undefined : { until }) },
    });
  const began = 'system-outage raised medium open';
  const over = 'system-outage resolved medium resolved';

  it('emits a system outage once while it lasts and once when it is over, however often it is reported', () => {
    const ward = new Ward('_system');
    const until = from + 5 * MINUTE;
    const told = [
      outage(ward, from + MINUTE),
      outage(ward, from + 2 * MINUTE),
      outage(ward, until, until),
      outage(ward, until + SECOND, until),
      // Its parts come back a little apart.
      outage(ward, until + MINUTE, until + 2 * SECOND, from + SECOND),
    ].map(allEmittedBy);
    expect(told).toEqual([[began], [], [over], [], []]);
    expect(ward.alerts()[0]).toMatchObject({ effectiveAt: new Date(from).toISOString() });
    expect(ward.alerts()[1]!.summary).toContain('twin-engine not running for 5 min');
    expect(ward.alerts()[1]!.resolvedAt).toBe(new Date(until).toISOString());
  });

  it('emits a system outage that is known only afterwards as begun and over', () => {
    const ward = new Ward('_system');
    expect(allEmittedBy(outage(ward, from + HOUR, from + 75 * SECOND))).toEqual([began, over]);
    expect(allEmittedBy(outage(ward, from + 2 * HOUR, from + 90 * MINUTE, from + HOUR))).toEqual([began, over]);
  });
});
