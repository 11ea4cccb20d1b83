import { describe, expect, it } from '@jest/globals';
import { checkAlarm } from './index.js';
import { ecg, numbers, steady } from './rhythm.fixture.js';

function pulseWave(beats: readonly number[], seconds: number, fs: number): Float64Array {
  const out = new Float64Array(Math.round(seconds * fs)).fill(80);
  for (const at of beats)
    for (let k = Math.round(at * fs); k < Math.min(out.length, (at + 0.6) * fs); k++)
      out[k]! += 40 * Math.exp(-((k / fs - at - 0.25) ** 2) / (2 * 0.08 ** 2));
  return out;
}

describe('a bedside alarm checked against the signals', () => {
  const fs = 125;
  const normal = steady(50, 0.8);

  it('accepts asystole where neither ECG nor pulse go on, and withdraws it where the pulse does', () => {
    const silent = normal.filter((at) => at < 32);
    const ecgs = [ecg(silent, 40, fs)];
    expect(checkAlarm('asystole', { fs, ecg: ecgs, pulse: [pulseWave(silent, 40, fs)] })).toBe(true);
    expect(checkAlarm('asystole', { fs, ecg: ecgs, pulse: [pulseWave(normal, 40, fs)] })).toBe(false);
    expect(checkAlarm('asystole', { fs, ecg: [ecg(normal, 40, fs)], pulse: [] })).toBe(false);
  });

  it('counts slow and fast beats', () => {
    const slow = [ecg(steady(22, 1.8), 40, fs)];
    const fast = [ecg(steady(100, 0.4), 40, fs)];
    const usual = [ecg(normal, 40, fs)];
    expect(checkAlarm('extreme-bradycardia', { fs, ecg: slow, pulse: [] })).toBe(true);
    expect(checkAlarm('extreme-bradycardia', { fs, ecg: usual, pulse: [] })).toBe(false);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: fast, pulse: [] })).toBe(true);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: [...usual, ...usual], pulse: [] })).toBe(false);
    expect(checkAlarm('ventricular-fibrillation', { fs, ecg: usual, pulse: [] })).toBe(false);
  });

  it('lets asystole stand in noise, hum and a wave too short to judge', () => {
    const silent = ecg(
      normal.filter((at) => at < 30),
      40,
      fs,
    );
    const next = numbers(9);
    const noisy = silent.map((value) => value + 0.15 * (next() - 0.5));
    const hum = silent.map((value, i) => value + 0.05 * Math.sin((2 * Math.PI * 50 * i) / fs));
    for (const lead of [noisy, hum, silent.subarray(0, 2 * fs), silent.subarray(30 * fs)])
      expect(checkAlarm('asystole', { fs, ecg: [lead], pulse: [] })).toBe(true);
    const stopped = pulseWave(normal, 40, fs).subarray(0, 34 * fs);
    expect(checkAlarm('asystole', { fs, ecg: [silent], pulse: [stopped] })).toBe(true);
  });

  it('accepts a good slow lead over a channel that counts twice, and wants two slow channels against a fast one', () => {
    const slow = ecg(steady(22, 1.8), 40, fs);
    const twice = pulseWave(steady(44, 0.9), 40, fs);
    expect(checkAlarm('extreme-bradycardia', { fs, ecg: [slow], pulse: [twice] })).toBe(true);
    const usual = ecg(normal, 40, fs);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: [usual], pulse: [] })).toBe(true);
    expect(checkAlarm('extreme-tachycardia', { fs, ecg: [usual, usual], pulse: [] })).toBe(false);
  });

  it.each([150, 200, 260])('does not take steady flutter of %i/min for beats', (rate) => {
    const flutter = Float64Array.from(
      { length: 40 * fs },
      (_, i) => 0.8 * Math.sin((2 * Math.PI * rate * i) / 60 / fs),
    );
    expect(checkAlarm('ventricular-fibrillation', { fs, ecg: [flutter], pulse: [] })).toBe(true);
    expect(checkAlarm('ventricular-fibrillation', { fs, ecg: [flutter], pulse: [pulseWave(normal, 40, fs)] })).toBe(
      false,
    );
  });

  it('accepts a wide fast run and withdraws ventricular tachycardia from a steady rhythm with its pulse', () => {
    const run = [...normal.filter((at) => at < 31), ...steady(20, 0.42, 31.3)];
    const wide = new Set(run.map((_, i) => i).filter((i) => run[i]! > 31));
    const beaten = pulseWave(
      run.filter((at) => at < 31),
      40,
      fs,
    );
    const lead = ecg(run, 40, fs, wide);
    const usual = ecg(normal, 40, fs);
    const pulse = [pulseWave(normal, 40, fs)];
    expect(checkAlarm('ventricular-tachycardia', { fs, ecg: [lead, lead], pulse: [beaten] })).toBe(true);
    expect(checkAlarm('ventricular-tachycardia', { fs, ecg: [usual, usual], pulse })).toBe(false);
  });

  it('lets an alarm stand when no signal can be used', () => {
    for (const signals of [
      { fs, ecg: [], pulse: [] },
      { fs, ecg: [new Float64Array(10_000)], pulse: [new Float64Array(10_000).fill(Number.NaN)] },
      { fs: 10, ecg: [ecg(normal, 40, fs)], pulse: [] },
    ])
      for (const rule of ['asystole', 'ventricular-fibrillation', 'ventricular-tachycardia'] as const)
        expect(checkAlarm(rule, signals)).toBe(true);
  });
});
