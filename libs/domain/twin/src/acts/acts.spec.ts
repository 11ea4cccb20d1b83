import { describe, expect, it } from '@jest/globals';
import type { WireSample, WireThreshold } from '#libs/contracts';
import {
  cut,
  ecg,
  every,
  GLUCOSE,
  HEART_RATE,
  HOUR,
  MINUTE,
  SECOND,
  series,
  T0,
  emittedBy,
  allEmittedBy,
  Ward,
} from '#libs/testing/ward';

const MIN5 = 5 * MINUTE;
const low = 'glucose-low';

function glucose(t: number, x: number): WireSample[] {
  return [{ c: GLUCOSE, t, x }];
}

function wardWithLow(): { readonly ward: Ward; readonly episode: string } {
  const ward = new Ward();
  const episode = ward.send(glucose(T0, 60)).transitions[0]!.episode;
  return { ward, episode };
}

function limits(ward: Ward, at: number, threshold: Partial<WireThreshold> & Pick<WireThreshold, 'limits'>) {
  return ward.act({ type: 'set-thresholds', thresholds: [{ rule: low, reason: 'agreed', ...threshold }] }, at);
}

/** Beats, twelve seconds of none, beats again: open until somebody has seen it. */
function latchedAsystole(ward: Ward): { readonly episode: string } {
  const recording = ecg(75, [...every(0.5, 30, 0.8), ...every(42, 74, 0.8)]);
  for (const chunk of cut(recording, [250])) ward.send([chunk]);
  return ward.alerts().find(({ rule }) => rule.id === 'asystole')!;
}

describe('acknowledge', () => {
  it('an acknowledgement is emitted with who and why, and ends when the severity rises', () => {
    const ward = new Ward();
    const [raised] = ward.send([{ c: 3, t: T0, x: 88 }]).transitions;
    const outcome = ward.act({ type: 'acknowledge', episode: raised!.episode, note: 'seen' }, T0 + MINUTE);
    expect(outcome.transitions[0]!.alert).toMatchObject({
      transition: 'acknowledged',
      status: 'acknowledged',
      acknowledgedBy: 'dr-a',
      note: 'seen',
    });
    expect(allEmittedBy(ward.send([{ c: 3, t: T0 + 2 * MINUTE, x: 80 }]))).toEqual([
      'oxygen-saturation-low escalated high open',
    ]);
  });

  it('an acknowledgement of an ended episode leaves it ended', () => {
    const { ward, episode } = wardWithLow();
    for (const sample of series(GLUCOSE, T0 + MIN5, MIN5, [80, 80, 80, 80])) ward.send([sample]);
    const outcome = ward.act({ type: 'acknowledge', episode }, T0 + HOUR);
    expect(emittedBy(outcome)).toEqual([`${low} acknowledged medium resolved`]);
    expect(outcome.transitions[0]!.closed).toBe(true);
  });
});

describe('an act by somebody who had seen less', () => {
  /** Medium (sequence 1), then high (2). */
  function wardThatGotWorse(): { readonly ward: Ward; readonly episode: string } {
    const ward = new Ward();
    const episode = ward.send([{ c: 3, t: T0, x: 88 }]).transitions[0]!.episode;
    ward.send([{ c: 3, t: T0 + MINUTE, x: 80 }]);
    return { ward, episode };
  }

  it.each(['acknowledge', 'snooze', 'resolve'] as const)(
    'drops and counts %s by somebody who had not seen the rise',
    (type) => {
      const { ward, episode } = wardThatGotWorse();
      const until = T0 + HOUR;
      const outcome = ward.act({ type, episode, until, sequence: 1 }, T0 + 2 * MINUTE);
      expect([allEmittedBy(outcome), outcome.counts.dropped]).toEqual([[], { 'act-outdated': 1 }]);
      expect(ward.act({ type, episode, until, sequence: 2 }, T0 + 3 * MINUTE).transitions).toHaveLength(1);
    },
  );

  it('accepts an act when only the severity fell since, or when it does not say what was seen', () => {
    const { ward, episode } = wardThatGotWorse();
    for (const sample of series(3, T0 + 2 * MINUTE, MINUTE, [88, 88, 88, 88, 88])) ward.send([sample]);
    expect(ward.alerts().at(-1)).toMatchObject({ transition: 'deescalated', severity: 'medium' });
    const outcome = ward.act({ type: 'acknowledge', episode, sequence: 2 }, T0 + 10 * MINUTE);
    expect(allEmittedBy(outcome)).toEqual(['oxygen-saturation-low acknowledged medium acknowledged']);
    expect(ward.act({ type: 'acknowledge', episode }, T0 + 11 * MINUTE).transitions).toHaveLength(1);
  });

  it('an alert names the person of the newest act, until an act names none', () => {
    const { ward, episode } = wardWithLow();
    const head = { v: 1, tenant: 1, patient: 'p1', kind: 'act', actor: 'app' } as const;
    const does = { type: 'acknowledge', episode } as const;
    ward.take({ ...head, receivedAt: T0 + MINUTE, act: 'a', onBehalfOf: 'Practitioner/17', does });
    const named = { acknowledgedBy: 'Practitioner/17', onBehalfOf: 'Practitioner/17' };
    expect(ward.alerts().at(-1)).toMatchObject(named);
    ward.take({ ...head, receivedAt: T0 + 2 * MINUTE, act: 'b', does });
    expect(ward.alerts().at(-1)).toMatchObject({ acknowledgedBy: 'app' });
    expect(ward.alerts().at(-1)).not.toHaveProperty('onBehalfOf');
  });
});

describe('snooze', () => {
  it('a snooze ends by the time of the log, not by a clock', () => {
    const { ward, episode } = wardWithLow();
    const until = T0 + 30 * MINUTE;
    const snoozed = ward.act({ type: 'snooze', episode, until }, T0 + MINUTE);
    expect(allEmittedBy(snoozed)).toEqual([`${low} snoozed medium snoozed`]);
    expect(snoozed.transitions[0]!.snoozedUntil).toBe(until);
    expect(snoozed.timers).toEqual([
      { timer: 'snooze', dueAt: until },
      { timer: 'escalation', dueAt: null },
    ]);
    expect(allEmittedBy(ward.tick(until - 1))).toEqual([]);
    const over = ward.tick(until);
    expect(allEmittedBy(over)).toEqual([`${low} raised medium open`]);
    expect(over.transitions[0]!.alert).toMatchObject({ reason: 'snooze-ended' });
    expect(over.transitions[0]!.alert.snoozedUntil).toBeUndefined();
    expect(over.timers).toContainEqual({ timer: 'snooze', dueAt: null });
  });

  it('a snooze ends with its episode', () => {
    const { ward, episode } = wardWithLow();
    ward.act({ type: 'snooze', episode, until: T0 + HOUR }, T0 + MINUTE);
    const told = series(GLUCOSE, T0 + MIN5, MIN5, [80, 80, 80, 80]).flatMap((sample) =>
      allEmittedBy(ward.send([sample])),
    );
    expect(told).toEqual([`${low} resolved medium resolved`]);
    expect(allEmittedBy(ward.tick(T0 + HOUR))).toEqual(['no-data raised low open']);
  });

  it('rejects a snooze until a time in the past', () => {
    const { ward, episode } = wardWithLow();
    const outcome = ward.act({ type: 'snooze', episode, until: T0 }, T0 + MINUTE);
    expect(outcome.counts.dropped).toEqual({ 'act-on-closed-episode': 1 });
  });
});

describe('resolve by hand', () => {
  it('closing an alert that still holds snoozes it for 30 min', () => {
    const { ward, episode } = wardWithLow();
    const outcome = ward.act({ type: 'resolve', episode, note: 'sensor fault' }, T0 + MINUTE);
    expect(allEmittedBy(outcome)).toEqual([`${low} snoozed medium snoozed`]);
    expect(outcome.transitions[0]).toMatchObject({
      closed: false,
      snoozedUntil: T0 + 31 * MINUTE,
      alert: { note: 'sensor fault' },
    });
    const next = series(GLUCOSE, T0 + MIN5, MIN5, [61, 61, 60, 61, 62]).flatMap((sample) =>
      emittedBy(ward.send([sample])),
    );
    expect(next).toEqual([]);
    expect(allEmittedBy(ward.tick(T0 + 31 * MINUTE))).toEqual([`${low} raised medium open`]);
    expect(ward.alerts().at(-1)).toMatchObject({ reason: 'snooze-ended', episode });
  });

  it('closing a latched alert whose condition has ended resolves it', () => {
    const ward = new Ward();
    const { episode } = latchedAsystole(ward);
    const closed = ward.act({ type: 'resolve', episode }, T0 + 5 * MINUTE);
    expect(allEmittedBy(closed)).toEqual(['asystole resolved high resolved']);
    expect(closed.transitions[0]).toMatchObject({ closed: true });
    expect(ward.act({ type: 'resolve', episode }, T0 + 6 * MINUTE).counts.dropped).toEqual({
      'act-on-closed-episode': 1,
    });
  });
});

describe('acts', () => {
  it('an act that comes twice changes nothing the second time', () => {
    const { ward, episode } = wardWithLow();
    ward.act({ type: 'acknowledge', episode }, T0 + MINUTE, 'same');
    const before = ward.state;
    const again = ward.act({ type: 'acknowledge', episode }, T0 + MINUTE, 'same');
    expect(again).toMatchObject({ transitions: [], counts: { dropped: { 'act-repeated': 1 } } });
    expect(ward.state).toBe(before);
  });

  it('counts acts on unknown episodes', () => {
    const { ward } = wardWithLow();
    const outcome = ward.act({ type: 'acknowledge', episode: 'nobody-knows' }, T0 + MINUTE);
    expect(outcome.counts.dropped).toEqual({ 'act-on-unknown-episode': 1 });
  });
});

describe('patient limits', () => {
  it('patient limits apply to later values, with author, reason and the default distance to clear', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 78));
    const set = limits(ward, T0 + MINUTE, { limits: { limit: 80 } });
    expect(set.thresholds).toEqual([
      { rule: low, limits: { limit: 80 }, reason: 'agreed', author: 'dr-a', act: expect.any(String), at: T0 + MINUTE },
    ]);
    const outcome = ward.send(glucose(T0 + MIN5, 78));
    expect(emittedBy(outcome)).toEqual([`${low} raised medium open`]);
    expect(outcome.transitions[0]!.alert.threshold).toMatchObject({ limit: 80, owner: 'dr-a', reason: 'agreed' });
    expect(outcome.transitions[0]!.alert.explanation.clears).toMatch(/at or above 85 mg\/dL/);
    expect(outcome.transitions[0]!.alert.summary).toMatch(/below the patient's limit of 80 mg\/dL/);
  });

  it('late values from before a change are evaluated with the limits of their time', () => {
    const ward = new Ward();
    ward.send(glucose(T0 + HOUR, 100));
    limits(ward, T0 + HOUR, { limits: { limit: 80 } });
    expect(emittedBy(ward.send(glucose(T0 + MIN5, 78), T0 + 2 * HOUR))).toEqual([]);
  });

  it('patient limits expire by the time of the value, never by a clock', () => {
    const ward = new Ward();
    limits(ward, T0, { limits: { limit: 80 }, expiresAt: T0 + HOUR });
    expect(emittedBy(ward.send(glucose(T0 + HOUR, 78)))).toEqual([]);
    ward.send(glucose(T0 + HOUR - 1, 78), T0 + 20 * HOUR);
    expect(emittedBy(ward.tick(T0 + 20 * HOUR + MINUTE))).toEqual([`${low} raised medium open`]);
  });

  it('null brings back the default limits', () => {
    const ward = new Ward();
    ward.send(glucose(T0, 100));
    limits(ward, T0 + 1, { limits: { limit: 80 } });
    limits(ward, T0 + 2, { limits: null });
    expect(emittedBy(ward.send(glucose(T0 + MIN5, 78)))).toEqual([]);
  });

  it('rejects and counts limits that cross or do not exist', () => {
    const ward = new Ward();
    expect(limits(ward, T0, { limits: { limit: 80, clear: 70 } }).counts.dropped).toEqual({ 'threshold-refused': 1 });
    expect(limits(ward, T0, { rule: 'nope', limits: null }).counts.dropped).toEqual({ 'threshold-refused': 1 });
    expect(ward.state.thresholds).toEqual({});
  });

  it('a patient limit may hold a rule for longer', () => {
    const ward = new Ward();
    const thresholds = [{ rule: 'heart-rate-low', limits: { limit: 45, forSeconds: 120 }, reason: 'athlete' }];
    ward.act({ type: 'set-thresholds', thresholds }, T0);
    const run = series(HEART_RATE, T0, 30 * SECOND, [44, 44, 44, 44, 44]).map((sample) =>
      emittedBy(ward.send([sample])),
    );
    expect(run).toEqual([[], [], [], [], ['heart-rate-low raised high open']]);
  });
});
