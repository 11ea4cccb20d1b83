import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HOUR, MINUTE, OXYGEN, SECOND, series, T0, emittedBy, allEmittedBy, Ward } from '#libs/testing/ward';
import { readTwin, viewOf, writeTwin } from '../index.js';

const ECG = 12;
const oxygen = (t: number, x: number, f?: string): WireSample => ({
  c: OXYGEN,
  t,
  x,
  ...(f === undefined ? undefined : { f }),
});
const clockLines = (ward: Ward): string[] =>
  ward.outcomes.flatMap(allEmittedBy).filter((line) => line.startsWith('clock-step'));

/** Beats of 1 mV at 75/min, 125 Hz. */
function beats(seconds: number): number[] {
  return Array.from({ length: seconds * 125 }, (_, i) => {
    const phase = (i % 100) / 125;
    return Math.exp(-(((phase - 0.2) / 0.012) ** 2)) + 0.25 * Math.exp(-(((phase - 0.45) / 0.04) ** 2));
  });
}

describe('a clock that is ahead', () => {
  it('does not make a true emergency look over, in one record or in several', () => {
    const before = [15, 30, 45].map((s) => oxygen(T0 + s * SECOND, 97));
    const several = new Ward();
    several.send(before, T0);
    // A fall of 17 % in seconds is doubtful until the next value: one severity lower.
    expect(emittedBy(several.send([oxygen(T0 + 100, 80)], T0 + 200))[0]).toMatch(/^oxygen-saturation-low raised/);
    expect(emittedBy(several.send([oxygen(T0 + 1100, 80)], T0 + 1200))).toEqual([
      'oxygen-saturation-low escalated high open',
    ]);
    const one = new Ward();
    expect(emittedBy(one.send([...before, oxygen(T0, 80)], T0 + 100))[0]).toMatch(/^oxygen-saturation-low raised/);
    const each = new Ward();
    for (const [i, sample] of before.entries()) each.send([sample], T0 + i * 100);
    expect(emittedBy(each.send([oxygen(T0 + 500, 80)], T0 + 600))[0]).toMatch(/^oxygen-saturation-low raised/);
  });

  it('of one of two oximeters does not hide what the other sees', () => {
    const ward = new Ward();
    for (let s = 0; s < 120; s++) {
      const t = T0 + s * SECOND;
      ward.send([oxygen(t + MINUTE, 97, 'fast'), oxygen(t, 97, 'right')], t + 300);
    }
    const t = T0 + 120 * SECOND;
    const raised = emittedBy(ward.send([oxygen(t + MINUTE, 97, 'fast'), oxygen(t, 80, 'right')], t + 300));
    expect(raised).toEqual(['oxygen-saturation-low raised medium open']);
    expect(clockLines(ward)).toEqual(['clock-step raised low open']);
  });

  it('of an ECG does not stop the rhythm from being judged', () => {
    const ward = new Ward();
    const ecg = (t: number, s: number[]): WireSample => ({ c: ECG, t, s, p: 8, h: 'II' });
    ward.send([ecg(T0 + 2 * MINUTE, beats(10))], T0 + 10 * SECOND);
    const lines: string[] = [];
    for (let k = 0; k < 30; k++) {
      const t = T0 + (10 + k) * SECOND;
      const wave = k < 12 ? beats(1) : beats(1).map(() => 0);
      lines.push(...emittedBy(ward.send([ecg(t, wave)], t + 1100)));
    }
    expect(lines).toContainEqual(expect.stringMatching(/^asystole raised/));
  });

  it('raises what it sees itself, with the distances of its values, and never later than their receipt', () => {
    const ward = new Ward();
    // A batch of an hour every hour, stamped two hours ahead.
    const values = [120, 105, 90, 75, 65, 53, 52, 51, 50, 50, 50, 50];
    ward.send(series(GLUCOSE, T0 + 2 * HOUR, 5 * MINUTE, values), T0 + HOUR);
    const [low] = ward.alerts().filter(({ rule }) => rule.id === 'glucose-very-low');
    expect(low).toMatchObject({ transition: 'raised', severity: 'high' });
    for (const alert of ward.alerts()) expect(Date.parse(alert.effectiveAt)).toBeLessThanOrEqual(T0 + HOUR);
    for (const { t } of Object.values(ward.state.measures)) expect(t).toBeLessThanOrEqual(T0 + HOUR);
    // What was sent is shown as it was sent.
    for (const { effectiveAt } of low!.evidence)
      expect(Date.parse(effectiveAt)).toBeGreaterThanOrEqual(T0 + 2 * HOUR + 25 * MINUTE);
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + HOUR).measures.glucose?.effectiveAt).toBe(
      new Date(T0 + 2 * HOUR + 55 * MINUTE).toISOString(),
    );
  });

  it('is emitted once while it lasts, and resolved when it has been right for a quarter of an hour', () => {
    const ward = new Ward();
    for (let m = 0; m < 60; m++) ward.send([oxygen(T0 + m * MINUTE + 90 * SECOND, 97)], T0 + m * MINUTE);
    expect(clockLines(ward)).toEqual(['clock-step raised low open']);
    expect(ward.alerts()[0]).toMatchObject({
      category: 'technical',
      summary: expect.stringContaining('gateway is about 90 s ahead'),
    });
    // On and off within that time is one episode.
    for (let m = 60; m < 70; m++) ward.send([oxygen(T0 + m * MINUTE + (m % 2) * 90 * SECOND, 97)], T0 + m * MINUTE);
    for (let m = 70; m < 90; m++) ward.send([oxygen(T0 + m * MINUTE, 97)], T0 + m * MINUTE + SECOND);
    expect(clockLines(ward)).toEqual(['clock-step raised low open', 'clock-step resolved low resolved']);
    expect(ward.state.clocks).toBeUndefined();
  });

  it('by little is no reason to say so', () => {
    const ward = new Ward();
    for (let m = 0; m < 60; m++) ward.send([oxygen(T0 + m * MINUTE + (m % 9) * SECOND, 97)], T0 + m * MINUTE);
    expect(clockLines(ward)).toEqual([]);
  });

  it('set right again goes on', () => {
    const ward = new Ward();
    for (let m = 0; m < 30; m++) ward.send([oxygen(T0 + HOUR + m * MINUTE, 97)], T0 + m * MINUTE + SECOND);
    for (let m = 30; m < 33; m++) ward.send([oxygen(T0 + m * MINUTE, 97)], T0 + m * MINUTE + SECOND);
    expect(emittedBy(ward.send([oxygen(T0 + 33 * MINUTE, 80)], T0 + 33 * MINUTE + SECOND))).toEqual([
      'oxygen-saturation-low raised high open',
    ]);
  });
});

describe('a pump', () => {
  const [BOLUS, MEAL] = [18, 20];
  const dose = (t: number, x: number, c = BOLUS): WireSample => ({ c, t, x });

  it('that says what is planned has no wrong clock: the plan counts from its time on, and what is measured at its own', () => {
    const ward = new Ward();
    for (let m = 0; m <= 60; m += 5) ward.send([{ c: GLUCOSE, t: T0 + m * MINUTE, x: 120 }], T0 + m * MINUTE + SECOND);
    const now = T0 + 65 * MINUTE;
    ward.send(
      [{ c: GLUCOSE, t: now, x: 120 }, dose(now + 8 * MINUTE, 4), dose(now + 8 * MINUTE, 40, MEAL)],
      now + SECOND,
    );
    expect(clockLines(ward)).toEqual([]);
    expect(ward.state.measures[GLUCOSE]!.t).toBe(now);
    expect(ward.state.asOf).toBeLessThanOrEqual(now + SECOND);
    const derived = (at: number) => viewOf(DEFAULT_CATALOGUE, ward.state, at).derived;
    expect(derived(now + MINUTE)['insulin-on-board']).toMatchObject({ refused: expect.anything() });
    expect(derived(now + 9 * MINUTE)).toMatchObject({
      'insulin-on-board': { value: 4 },
      'carbohydrates-on-board': { value: 40 },
    });
    // An emergency that is measured meanwhile is not late beside the plan.
    ward.send([oxygen(now + MINUTE, 80)], now + MINUTE + SECOND);
    expect(ward.episodes()).toMatchObject([{ rule: 'oxygen-saturation-low', end: null }]);
  });

  it('that measures nothing and is ahead by the same amount for a while has a wrong clock', () => {
    const ward = new Ward();
    for (let n = 0; n < 4; n++) ward.send([dose(T0 + n * 5 * MINUTE + 7 * MINUTE, 1 + n)], T0 + n * 5 * MINUTE);
    expect(clockLines(ward)).toEqual(['clock-step raised low open']);
    expect(ward.state.measures[BOLUS]!.t).toBeLessThanOrEqual(T0 + 15 * MINUTE);
    // Two that are planned for one time are no clock, however often they are said.
    const planned = new Ward();
    for (let n = 0; n < 4; n++) planned.send([dose(T0 + 7 * MINUTE, 1 + n)], T0 + n * MINUTE);
    expect(clockLines(planned)).toEqual([]);
  });
});

describe('a clock that is set back', () => {
  it('by an hour is noticed, and the stream is judged live again', () => {
    const ward = new Ward();
    for (let m = 0; m < 30; m++) ward.send([oxygen(T0 + m * MINUTE, 97)], T0 + m * MINUTE + SECOND);
    for (let m = 30; m < 35; m++) ward.send([oxygen(T0 + m * MINUTE - HOUR, 97)], T0 + m * MINUTE + SECOND);
    expect(clockLines(ward)).toEqual(['clock-step raised low open']);
    expect(ward.alerts()[0]?.summary).toContain('gateway is about 60 min behind');
    expect(emittedBy(ward.send([oxygen(T0 + 35 * MINUTE - HOUR, 80)], T0 + 35 * MINUTE + SECOND))).toEqual([
      'oxygen-saturation-low raised high open',
    ]);
    // A late value refolds over what was moved.
    ward.send([oxygen(T0 + 20 * MINUTE + 30 * SECOND, 96, 'other')], T0 + 36 * MINUTE);
    expect(ward.episodes()).toMatchObject([{ rule: 'clock-step' }, { rule: 'oxygen-saturation-low', end: null }]);
    for (let m = 36; m < 39; m++) ward.send([oxygen(T0 + m * MINUTE - HOUR, 97)], T0 + m * MINUTE + SECOND);
    expect(ward.episodes()).toMatchObject([
      { rule: 'clock-step' },
      { rule: 'oxygen-saturation-low', end: T0 + 37 * MINUTE + SECOND },
    ]);
  });

  it('is not what a gateway that catches up looks like', () => {
    const ward = new Ward();
    for (let m = 180; m < 200; m++) ward.send([oxygen(T0 + m * MINUTE, 97)], T0 + m * MINUTE + SECOND);
    // One message a reading, as fast as it goes: a backlog of three hours.
    for (let m = 0; m < 170; m++)
      ward.send([oxygen(T0 + m * MINUTE + 1, m === 90 ? 80 : 97)], T0 + 200 * MINUTE + m * 500);
    expect(clockLines(ward)).toEqual([]);
    expect(ward.outcomes.flatMap(emittedBy).filter((line) => line.includes('raised'))).toEqual([]);
  });
});

describe('for any offset of one of two clocks', () => {
  it('a true emergency of the other is raised at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 24 * 60 * 60 - 60 }),
        fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 12, maxLength: 40 }),
        fc.boolean(),
        (offset, delays, isTogether) => {
          const ward = new Ward();
          let receivedAt = T0;
          const send = (samples: readonly WireSample[]): string[] => {
            receivedAt += 5 * SECOND;
            return isTogether
              ? emittedBy(ward.send(samples, receivedAt))
              : samples.flatMap((sample, i) => emittedBy(ward.send([sample], receivedAt + i)));
          };
          for (const delay of delays) {
            const now = receivedAt + 5 * SECOND;
            send([oxygen(now - delay + offset * SECOND, 97, 'fast'), oxygen(now - delay, 97, 'right')]);
          }
          const now = receivedAt + 5 * SECOND;
          const lines = send([oxygen(now - 100 + offset * SECOND, 97, 'fast'), oxygen(now - 100, 80, 'right')]);
          expect(lines.some((line) => line.startsWith('oxygen-saturation-low raised'))).toBe(true);
          expect(lines.some((line) => line.includes('retrospective'))).toBe(false);
        },
      ),
      propertyRuns(100),
    );
  });
});

describe('a snapshot of an earlier version', () => {
  it('that holds values newer than its log does not make true ones late', () => {
    const ward = new Ward();
    for (let m = 0; m < 30; m++) ward.send([oxygen(T0 + m * MINUTE, 97)], T0 + m * MINUTE + SECOND);
    const { state } = ward;
    const { [OXYGEN]: measure, ...others } = state.measures;
    const { t } = measure!.latest!;
    // As it was stored when nothing was subtracted from a clock ten minutes ahead.
    const latest = { ...measure!.latest!, t: t + 10 * MINUTE };
    const ahead = { ...measure!, t: t + 10 * MINUTE, latest };
    const read = readTwin(
      DEFAULT_CATALOGUE,
      writeTwin(DEFAULT_CATALOGUE, {
        ...state,
        v: 2 as typeof state.v,
        measures: { ...others, [OXYGEN]: ahead },
        asOf: ahead.t,
      }),
    );
    if (read.kind !== 'twin') throw new Error(read.kind);
    expect(read.state.measures[OXYGEN]!.t).toBe(state.heard);
    expect(viewOf(DEFAULT_CATALOGUE, read.state, T0).measures['oxygen-saturation']?.effectiveAt).toBe(
      new Date(t + 10 * MINUTE).toISOString(),
    );
    ward.state = read.state;
    expect(emittedBy(ward.send([oxygen(T0 + 30 * MINUTE, 80)], T0 + 30 * MINUTE + SECOND))).toEqual([
      'oxygen-saturation-low raised high open',
    ]);
    const same = readTwin(DEFAULT_CATALOGUE, writeTwin(DEFAULT_CATALOGUE, state));
    expect(same).toEqual({ kind: 'twin', state: JSON.parse(JSON.stringify(state)) });
  });
});
