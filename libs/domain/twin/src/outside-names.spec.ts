import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import {
  cut,
  ecg,
  every,
  runsOf,
  GLUCOSE,
  HEART_RATE,
  MINUTE,
  OXYGEN,
  SECOND,
  series,
  T0,
  emittedBy,
  Ward,
} from '#libs/testing/ward';

/** Names that every object answers to, and that `o[name] = …` may lose. */
const NAMES = Object.getOwnPropertyNames(Object.prototype);
const ORDINARY = 'ordinary';

interface Names {
  readonly source: string;
  readonly device: string;
  readonly channel: string;
  readonly id: string;
}

/** A morning with everything that is remembered by a name from outside: asystole, pause, predicted low, spikes, a correction. */
function morning({ source, device, channel, id }: Names): WireSample[][] {
  const from = { f: source, ...(device === '' ? {} : { d: device }) };
  const recording = ecg(30, [...every(0.5, 12, 0.8), ...every(22, 29, 0.8)], { channel });
  const rr = runsOf([...Array<number>(60).fill(800), 4_600, ...Array<number>(60).fill(800)], [20]);
  const records = [
    ...cut(recording, [1250, 2500]).map((chunk) => [chunk]),
    ...rr.map((run) => [run]),
    ...series(GLUCOSE, T0, 5 * MINUTE, [120, 112, 104, 96, 88, 80, 72, 66, 60]).map((one, n) => [
      { ...one, i: n === 3 ? id : `${id}-${n}` },
    ]),
    [{ c: GLUCOSE, t: T0 + 15 * MINUTE, x: 95, i: id }],
    ...series(HEART_RATE, T0, 5 * SECOND, [72, 73, 72, 181, 72, 74, 73, 240, 73, 72]).map((one) => [one]),
    ...series(OXYGEN, T0, 10 * SECOND, [97, 96, 52, 97, 84, 83, 82, 84, 83, 82]).map((one) => [one]),
  ];
  return records.map((samples) => samples.map((sample) => ({ ...sample, ...from })));
}

const reloaded = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function run(
  names: Names,
  reload: <T>(value: T) => T,
): { readonly told: string[][]; readonly episodes: unknown; state: string } {
  const ward = new Ward('p1', reload);
  const lines = morning(names).map((samples) => emittedBy(ward.send(samples)));
  return { told: lines, episodes: ward.episodes(), state: JSON.stringify(ward.state) };
}

const asIs = <T>(value: T): T => value;

describe('a name from outside', () => {
  const usual = run({ source: ORDINARY, device: '', channel: ORDINARY, id: ORDINARY }, asIs);

  it('is met by a morning in which much happens', () => {
    const all = usual.told.flat().join('\n');
    for (const rule of ['asystole', 'glucose-low', 'glucose-low-soon']) expect(all).toContain(`${rule} `);
  });

  it.each(NAMES)('changes nothing when it is %s, with and without a reload between records', (name) => {
    const names = { source: name, device: '', channel: name, id: name };
    const straight = run(names, asIs);
    expect(straight.told).toEqual(usual.told);
    expect(straight.episodes).toEqual(usual.episodes);
    expect(run(names, reloaded)).toEqual(straight);
  });

  it('changes nothing whichever of the names it is', () => {
    const name = fc.constantFrom(ORDINARY, ...NAMES);
    const usualOnDevice = run({ source: ORDINARY, device: 'other', channel: ORDINARY, id: ORDINARY }, asIs);
    fc.assert(
      fc.property(name, name, name, name, (source, device, channel, id) => {
        const straight = run({ source, device, channel, id }, asIs);
        expect(straight.told).toEqual(usualOnDevice.told);
        expect(straight.episodes).toEqual(usualOnDevice.episodes);
        expect(run({ source, device, channel, id }, reloaded)).toEqual(straight);
      }),
      propertyRuns(12),
    );
  });

  it('is distinguished from the others', () => {
    const ward = new Ward('p1', reloaded);
    for (const source of NAMES)
      ward.send([{ c: HEART_RATE, t: T0 + NAMES.indexOf(source) * MINUTE, x: 72, f: source }]);
    const seen = [...ward.stored.values()].map((one) => one.source);
    expect(seen.sort()).toEqual([...NAMES].sort());
  });
});
