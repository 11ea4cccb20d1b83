import { describe, expect, it } from '@jest/globals';
import {
  cut,
  ecg,
  every,
  GLUCOSE,
  HOUR,
  MINUTE,
  OXYGEN,
  SECOND,
  series,
  T0,
  emittedBy,
  allEmittedBy,
  Ward,
} from '#libs/testing/ward';

const MIN5 = 5 * MINUTE;

describe('alerts of one cause', () => {
  it('pages the most severe alert of one cause, and lists the milder as suppressed with its reason', () => {
    const ward = new Ward();
    const outcome = ward.send([{ c: GLUCOSE, t: T0, x: 50 }]);
    expect(emittedBy(outcome)).toEqual(['glucose-very-low raised high open']);
    const [leader] = outcome.transitions;
    expect(leader!.alert.suppressed).toEqual([{ rule: 'glucose-low', reason: 'same-cause' }]);
    expect(outcome.suppressions).toMatchObject([
      { rule: 'glucose-low', reason: 'same-cause', by: leader!.episode, severity: 'medium', effectiveAt: T0 },
    ]);
  });

  it('amends an open alert when a new one of its cause is suppressed by it', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, MIN5, Array<number>(13).fill(251)));
    const rising = series(GLUCOSE, T0 + 13 * MIN5, MIN5, [268, 285, 301]);
    const outcome = rising.map((sample) => ward.send([sample])).at(-1)!;
    expect(emittedBy(outcome)).toEqual(['glucose-high amended medium open']);
    expect(outcome.transitions[0]!.alert.summary).toMatch(
      /^Another alert with the same cause is suppressed by this one/,
    );
    expect(outcome.suppressions.map(({ rule }) => rule)).toEqual(['glucose-very-high']);
  });

  it('pages a more severe alert although a milder one of its cause is open', () => {
    const ward = new Ward();
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: T0, x: 65 }]))).toEqual(['glucose-low raised medium open']);
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: T0 + MIN5, x: 50 }]))).toEqual(['glucose-very-low raised high open']);
  });

  it('raises a suppressed alert as soon as it is more severe than the one that leads', () => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 65 }]);
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: T0 + MIN5, x: 50, q: 1 }]))).not.toContain(
      'glucose-very-low raised medium open',
    );
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: T0 + 2 * MIN5, x: 50 }]))).toEqual([
      'glucose-very-low raised high open',
    ]);
    expect(ward.alerts().at(-1)).toMatchObject({ reason: 'worse' });
  });

  it('raises a suppressed alert that outlasts its leader by 15 min, and not a millisecond earlier', () => {
    const ward = new Ward();
    for (const sample of series(GLUCOSE, T0, MIN5, [50, 62, 62, 62, 62])) ward.send([sample]);
    expect(ward.alerts().at(-1)).toMatchObject({ rule: { id: 'glucose-very-low' }, status: 'resolved' });
    const over = T0 + 4 * MIN5;
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: over + 15 * MINUTE - 1, x: 62 }]))).toEqual([]);
    expect(emittedBy(ward.send([{ c: GLUCOSE, t: over + 15 * MINUTE, x: 62 }]))).toEqual([
      'glucose-low raised medium open',
    ]);
  });

  it('raises a suppressed alert that still holds after the most severe one is over', () => {
    const ward = new Ward();
    const values = [50, 62, 62, 62, 62, 62, 62, 62, 62, 62];
    const all = series(GLUCOSE, T0, MIN5, values).map((sample) => emittedBy(ward.send([sample])));
    expect(all.flat()).toEqual([
      'glucose-very-low raised high open',
      'glucose-very-low resolved high resolved',
      'glucose-low raised medium open',
    ]);
    expect(ward.alerts().at(-1)!.summary).toMatch(/^Persists after the alert that suppressed it/);
  });
});

/** How far apart the values of a fall come, and what pages; forecasts rest on the half hour before. */
const BEFORE = [150, 146, 141, 136, 130, 124, 117, 110];
const FALL = [102, 94, 86, 79, 73, 68, 64, 60, 57, 55, 53, 51, 50];

describe('one falling glucose', () => {
  const paged = (ward: Ward): string[] =>
    ward
      .alerts()
      .filter(
        ({ transition, reason }) => transition === 'raised' || (transition === 'escalated' && reason === undefined),
      )
      .map(({ rule, severity }) => `${rule.id} ${severity}`);

  it('pages each severity of one falling glucose once', () => {
    const ward = new Ward();
    for (const sample of series(GLUCOSE, T0, MIN5, BEFORE)) ward.send([sample]);
    const fast = series(GLUCOSE, T0 + 8 * MIN5, 2 * MINUTE, [102, 93, 84, 75, 69, 64, 60]);
    const severities = fast.map((sample) => {
      const before = paged(ward).length;
      ward.send([sample]);
      return paged(ward)
        .slice(before)
        .map((line) => line.split(' ')[1]!);
    });
    for (const one of severities) expect(new Set(one).size).toBe(one.length);
    expect(new Set(severities.flat()).size).toBe(severities.flat().length);
    expect(severities.flat()).toContain('high');
  });

  it('pages a low that follows its forecast only once it has lasted', () => {
    const ward = new Ward();
    for (const sample of series(GLUCOSE, T0, MIN5, [...BEFORE, ...FALL.slice(0, 4)])) ward.send([sample]);
    expect(paged(ward)).toEqual(['glucose-low-soon medium']);
    const start = T0 + 11 * MIN5;
    const slowly = [77, 75, 73, 71, 69.5].map((x, i) => ({ c: GLUCOSE, t: start + (i + 0.5) * MINUTE, x }));
    for (const sample of slowly) ward.send([sample]);
    expect(paged(ward)).toEqual(['glucose-low-soon medium']);
    expect(ward.outcomes.at(-1)!.suppressions).toMatchObject([{ rule: 'glucose-low', reason: 'same-cause' }]);
    const since = slowly.at(-1)!.t;
    const lasting = [5, 10, 15].map((minute) => ({ c: GLUCOSE, t: since + minute * MINUTE, x: 69 }));
    for (const sample of lasting.slice(0, 2)) ward.send([sample]);
    expect(paged(ward)).not.toContain('glucose-low medium');
    ward.send(lasting.slice(2));
    expect(paged(ward)).toContain('glucose-low medium');
  });

  it.each([1, 2, 3, 5, 13])('pages no glucose value twice, and always the very low: records of %i readings', (size) => {
    const ward = new Ward();
    for (const sample of series(GLUCOSE, T0, MIN5, BEFORE)) ward.send([sample]);
    const fall = series(GLUCOSE, T0 + 8 * MIN5, MIN5, FALL);
    for (let i = 0; i < fall.length; i += size) {
      const before = paged(ward).length;
      ward.send(fall.slice(i, i + size));
      expect(paged(ward).length - before).toBeLessThanOrEqual(1);
    }
    expect(paged(ward)).toContain('glucose-very-low high');
  });

  it('escalates the milder alert only after the more severe one is over', () => {
    const ward = new Ward();
    ward.send([{ c: GLUCOSE, t: T0, x: 65 }]);
    ward.send([{ c: GLUCOSE, t: T0 + MIN5, x: 50 }]);
    const ignored = [31, 61, 91].flatMap((minute) => allEmittedBy(ward.tick(T0 + minute * MINUTE)));
    expect(ignored.filter((line) => line.includes('escalated'))).toEqual(['glucose-very-low escalated high open']);
    for (const sample of series(GLUCOSE, T0 + 100 * MINUTE, MIN5, [62, 62, 62, 62])) ward.send([sample]);
    expect(ward.alerts().at(-1)).toMatchObject({ rule: { id: 'glucose-very-low' }, status: 'resolved' });
    expect(allEmittedBy(ward.tick(T0 + 130 * MINUTE))).toEqual(['glucose-low escalated high open']);
  });
});

describe('a latched alert whose condition has ended', () => {
  it('a latched alert that is over suppresses no other of its group, and pages again when it returns', () => {
    const ward = new Ward();
    const beats = [...every(0.5, 30, 0.8), ...every(42, 74, 0.8), ...every(86, 118, 0.8), ...every(130, 160, 0.8)];
    for (const chunk of cut(ecg(160, beats), [250])) ward.send([chunk]);
    const asystole = ward.alerts().filter(({ rule }) => rule.id === 'asystole');
    expect(asystole.map(({ transition, reason, recurring }) => [transition, reason, recurring?.count])).toEqual([
      ['raised', undefined, undefined],
      ['amended', 'latched', undefined],
      ['raised', 'recurring', 2],
      ['amended', 'latched', 2],
      ['amended', 'recurring', 3],
      ['amended', 'latched', 3],
    ]);
    expect(new Set(asystole.map(({ episode }) => episode)).size).toBe(1);
    expect(asystole.at(-1)!.recurring!.since).toBe(asystole[0]!.effectiveAt);
  });
});

describe('an alert that comes back soon', () => {
  const oxygen = (start: number, ...values: number[]) => series(OXYGEN, start, 15 * SECOND, values);

  it('suppresses a recurrence within the refractory period, and raises it when it lasts', () => {
    const ward = new Ward();
    expect(emittedBy(ward.send(oxygen(T0, 88)))).toEqual(['oxygen-saturation-low raised medium open']);
    expect(emittedBy(ward.send(oxygen(T0 + MINUTE, 95, 95, 95)))).toEqual([
      'oxygen-saturation-low resolved medium resolved',
    ]);
    const again = ward.send(oxygen(T0 + 2 * MINUTE, 88));
    expect(emittedBy(again)).toEqual([]);
    expect(again.suppressions).toMatchObject([{ rule: 'oxygen-saturation-low', reason: 'refractory' }]);
    expect(emittedBy(ward.send(oxygen(T0 + 5 * MINUTE, 88)))).toEqual([]);
    expect(emittedBy(ward.send(oxygen(T0 + 7 * MINUTE, 88)))).toEqual(['oxygen-saturation-low raised medium open']);
  });

  it('raises a recurrence that begins worse than the alert before it', () => {
    const ward = new Ward();
    ward.send(oxygen(T0, 88));
    ward.send(oxygen(T0 + MINUTE, 95, 95, 95));
    expect(emittedBy(ward.send(oxygen(T0 + 2 * MINUTE, 84, 84)))).toEqual(['oxygen-saturation-low raised high open']);
    expect(ward.alerts().at(-1)).toMatchObject({ reason: 'worse', recurring: { count: 2 } });
  });

  it('raises a suppressed recurrence as soon as it is worse than the alert before it', () => {
    const ward = new Ward();
    ward.send(oxygen(T0, 88));
    ward.send(oxygen(T0 + MINUTE, 95, 95, 95));
    expect(emittedBy(ward.send(oxygen(T0 + 2 * MINUTE, 88)))).toEqual([]);
    expect(emittedBy(ward.send(oxygen(T0 + 2.5 * MINUTE, 84)))).toEqual(['oxygen-saturation-low raised high open']);
    expect(ward.alerts().at(-1)).toMatchObject({ reason: 'worse' });
  });

  it('raises a recurrence of high severity at once', () => {
    const ward = new Ward();
    ward.send(oxygen(T0, 82));
    ward.send(oxygen(T0 + MINUTE, 95, 95, 95));
    expect(emittedBy(ward.send(oxygen(T0 + 2 * MINUTE, 82)))).toEqual(['oxygen-saturation-low raised high open']);
  });
});

describe('an alert that nobody acknowledges', () => {
  it('escalates an alert that nobody acknowledges once, by one severity', () => {
    const ward = new Ward();
    const raised = ward.send([{ c: GLUCOSE, t: T0, x: 65 }]);
    expect(raised.timers).toContainEqual({ timer: 'escalation', dueAt: T0 + SECOND + 30 * MINUTE });
    expect(allEmittedBy(ward.tick(T0 + 29 * MINUTE))).toEqual([]);
    const escalated = ward.tick(T0 + 31 * MINUTE);
    expect(allEmittedBy(escalated)).toEqual(['glucose-low escalated high open']);
    expect(escalated.transitions[0]!.alert.summary).toMatch(/^Escalated: not acknowledged/);
    expect(allEmittedBy(ward.tick(T0 + 3 * HOUR))).toEqual([]);
  });

  it('does not escalate an acknowledged alert', () => {
    const ward = new Ward();
    const { episode } = ward.send([{ c: GLUCOSE, t: T0, x: 65 }]).transitions[0]!;
    ward.act({ type: 'acknowledge', episode }, T0 + MINUTE);
    expect(allEmittedBy(ward.tick(T0 + 3 * HOUR))).toEqual([]);
  });
});

describe('what people say of alerts', () => {
  it('shows what people said of earlier alerts as precision; a second opinion on one alert replaces the first', () => {
    const ward = new Ward();
    const { episode, alert } = ward.send([{ c: GLUCOSE, t: T0, x: 65 }]).transitions[0]!;
    expect(alert.explanation.precision).toEqual({ useful: 0, notUseful: 0, share: null });
    ward.act({ type: 'acknowledge', episode, useful: false }, T0 + MINUTE);
    const second = ward.act({ type: 'acknowledge', episode, useful: true }, T0 + 2 * MINUTE);
    expect(second.transitions[0]!.alert.explanation.precision).toEqual({ useful: 1, notUseful: 0, share: 1 });
  });
});
