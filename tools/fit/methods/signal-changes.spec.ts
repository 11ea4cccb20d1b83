import { expect, it } from '@jest/globals';
import { repeatableNumbers } from './repeatable-numbers.js';
import { leadOff, noisy, noisyBySwing, shortened, swaying } from './signal-changes.js';

const FLAT = new Float64Array(20_000);

function deviation(samples: Float64Array): number {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  return Math.sqrt(samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length);
}

it('noise has the stated standard deviation, is the same again, and leaves the recording as it is', () => {
  const noise = noisy(0.03, repeatableNumbers(2015))(FLAT, 250);
  expect(deviation(noise)).toBeCloseTo(0.03, 3);
  expect(noisy(0.03, repeatableNumbers(2015))(FLAT, 250)).toEqual(noise);
  expect(deviation(FLAT)).toBe(0);
});

it('two channels in a row have other noise', () => {
  const change = noisy(1, repeatableNumbers(2015));
  const [one, two] = [change(FLAT, 250), change(FLAT, 250)];
  const product = one.reduce((sum, x, i) => sum + x * two[i]!, 0) / one.length;
  expect(Math.abs(product)).toBeLessThan(0.03);
});

it('noise by swing is a share of the swing', () => {
  const wave = FLAT.map((_, i) => 40 * Math.sin(i / 20));
  const change = noisyBySwing(0.1, repeatableNumbers(1999));
  expect(deviation(change(wave, 250).map((x, i) => x - wave[i]!))).toBeCloseTo(8, 0);
});

it('hum has the stated frequency and amplitude', () => {
  const hum = swaying(50, 0.05)(new Float64Array(1000), 1000);
  expect(Math.max(...hum)).toBeCloseTo(0.05);
  expect(hum.filter((x, i) => i > 0 && x >= 0 && hum[i - 1]! < 0)).toHaveLength(49);
});

it('shortened takes the seconds at their ends, leadOff the one lead', () => {
  const ecg = [Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)];
  const signals = { fs: 2, ecg, pulse: [Float64Array.of(9, 9, 9, 8)] };
  const cut = shortened(0.5, 1)(signals);
  expect(cut.ecg.map((each) => [...each])).toEqual([[2], [6]]);
  expect([...cut.pulse[0]!]).toEqual([9]);
  expect(leadOff(0)(signals).ecg.map((each) => [...each])).toEqual([
    [0, 0, 0, 0],
    [5, 6, 7, 8],
  ]);
});
