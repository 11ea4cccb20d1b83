import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { MINUTE, SECOND, T0, emittedBy, allEmittedBy, Ward } from '#libs/testing/ward';

const ECG = 12;
const RATE = 250;

/** One beat as three bumps (P, QRS, T); `at` seconds after the R wave, mV. */
function beat(at: number): number {
  const bump = (height: number, centre: number, width: number): number =>
    height * Math.exp(-(((at - centre) / width) ** 2));
  return (
    bump(0.12, -0.18, 0.03) -
    bump(0.1, -0.03, 0.01) +
    bump(1.1, 0, 0.012) -
    bump(0.2, 0.03, 0.012) +
    bump(0.25, 0.28, 0.06)
  );
}

/** Seconds of ECG in chunks of one second, with beats at `times` (s). */
function ecg(seconds: number, times: readonly number[]): WireSample[] {
  return Array.from({ length: seconds }, (_, second) => {
    const s = Array.from({ length: RATE }, (__, i) => {
      const at = second + i / RATE;
      const near = times.filter((time) => Math.abs(time - at) < 0.6);
      return Math.round(near.reduce((sum, time) => sum + beat(at - time), 0.01 * Math.sin(at * 40)) * 1000) / 1000;
    });
    return { c: ECG, t: T0 + second * SECOND, s, p: 1000 / RATE, h: 'II' };
  });
}

const every = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

describe('waveforms in the rhythm pack', () => {
  const chunks = ecg(75, [...every(0.5, 30, 0.8), ...every(42, 74, 0.8)]);

  it('emit asystole within ten seconds, and keep it open after beats are back until it is acknowledged', () => {
    const ward = new Ward();
    const lines = chunks.flatMap((chunk) =>
      emittedBy(ward.send([chunk])).map((line) => [line, (chunk.t - T0) / SECOND] as const),
    );
    expect(lines.map(([line]) => line)).toEqual(['asystole raised high open', 'asystole amended high open']);
    expect(lines[0]![1]).toBeGreaterThanOrEqual(33);
    expect(lines[0]![1]).toBeLessThanOrEqual(40);
    const latched = ward.alerts().at(-1)!;
    expect(latched.summary).toMatch(/^The condition has ended; the alert stays open until acknowledged/);
    const seen = ward.act({ type: 'acknowledge', episode: latched.episode, useful: true }, T0 + 2 * MINUTE);
    expect(allEmittedBy(seen)).toEqual(['asystole acknowledged high acknowledged', 'asystole resolved high resolved']);
  });

  it('emit no asystole in a gap of the recording', () => {
    const ward = new Ward();
    const kept = ecg(75, every(0.5, 74, 0.8)).filter(
      (chunk) => chunk.t < T0 + 30 * SECOND || chunk.t > T0 + 50 * SECOND,
    );
    expect(kept.flatMap((chunk) => emittedBy(ward.send([chunk])))).toEqual([]);
  });

  it('judge what is late for its channel as if it had come in time', () => {
    const ward = new Ward();
    const held = chunks.slice(31, 41);
    for (const chunk of chunks) if (!held.includes(chunk)) ward.send([chunk]);
    // A gap is no asystole.
    expect(ward.alerts()).toEqual([]);
    const late = ward.send(held, T0 + 2 * MINUTE);
    expect(late.counts).toMatchObject({ late: 10, dropped: {} });
    expect(emittedBy(late)).toContain('asystole retrospective high retrospective');
    const inTime = new Ward();
    for (const chunk of chunks) inTime.send([chunk]);
    expect(ward.episodes()).toEqual(inTime.episodes());
  });

  it('survive the store: a state that was written and read goes on the same', () => {
    const plain = new Ward();
    const stored = new Ward('p1', (state) => JSON.parse(JSON.stringify(state)) as typeof state);
    for (const chunk of chunks) {
      plain.send([chunk]);
      stored.send([chunk]);
    }
    expect(JSON.stringify(stored.alerts())).toBe(JSON.stringify(plain.alerts()));
  });
});
