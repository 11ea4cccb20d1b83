import { describe, expect, it } from '@jest/globals';
import type { Circumstances, Cited, Sample } from '#libs/domain/twin';
import { ecg, every, SECOND, T0 } from '#libs/testing/ward';
import { WAVES, waveStateOf } from './wave-detector.js';

const RATE = 250;
const [ECG, PPG, PRESSURE] = [12, 13, 14] as const;
const SETTLING = WAVES.settling!;
const AT: Circumstances = {
  limitsOf: () => ({}),
  person: { born: null, pregnancies: [], deceased: false },
  derived: () => ({ refused: 'none' }),
  now: T0,
};

interface Given {
  readonly code?: number;
  readonly series?: readonly number[];
  readonly periodMs?: number;
  readonly channel?: string;
  readonly device?: string;
  readonly cited?: Partial<Cited>;
}

/** A wave that begins so many milliseconds after T0; two seconds of a flat ECG but for what is given. */
function wave(ms: number, given: Given = {}): Sample {
  const { code = ECG, series = Array<number>(2 * RATE).fill(0), periodMs = 1000 / RATE, cited, ...rest } = given;
  const head = {
    identity: `wave-${ms}-${code}`,
    version: 1,
    t: T0 + ms,
    x: 0,
    quality: 0,
    source: 'gateway',
    code,
  } as const;
  return { cited: { ...head, ...cited }, series, periodMs, channel: 'II', ...rest };
}

/** The memory after these, part by part, and what was found and refused on the way. */
function follow(samples: readonly Sample[], start: unknown = null) {
  let memory = start;
  const cites: Cited[] = [];
  const refused: string[] = [];
  for (const part of SETTLING.parts(samples)) {
    const step = WAVES.step(memory, part, AT);
    memory = step.memory;
    refused.push(...(step.refused ?? []));
    for (const { finding } of step.changes ?? []) if (finding !== undefined) cites.push(...finding.cites);
  }
  return { memory, cites, refused };
}

/** Where a part begins, ms after T0, and how many values it has. */
const cut = (samples: readonly Sample[]) =>
  SETTLING.parts(samples).map(({ part, cited, series }) => [
    Math.round((part?.t ?? cited.t) - T0),
    (part?.series ?? series)!.length,
  ]);

describe('the parts of waves', () => {
  it('are the seconds of the clock', () => {
    expect(cut([wave(0)])).toEqual([
      [0, 250],
      [1000, 250],
    ]);
    expect(cut([wave(400)])).toEqual([
      [400, 150],
      [1000, 250],
      [2000, 100],
    ]);
    const parts = SETTLING.parts([wave(400, { series: every(0, 500, 1) })]);
    expect(parts.flatMap(({ part }) => part!.series)).toEqual(every(0, 500, 1));
  });

  it('are what was sent where that is one second, or less', () => {
    const second = wave(0, { series: Array<number>(RATE).fill(0) });
    expect(SETTLING.parts([second])).toEqual([second]);
    const short = wave(990, { series: [1, 2] });
    expect(SETTLING.parts([short])).toEqual([short]);
  });

  it('have at least one value, and none is lost to rounding', () => {
    expect(cut([wave(0, { series: [1, 2, 3], periodMs: 1500 })])).toEqual([
      [0, 1],
      [1500, 1],
      [3000, 1],
    ]);
    // 300 per second: a period that no decimal number holds.
    const series = Array<number>(900).fill(0);
    expect(cut([wave(0, { series, periodMs: 1000 / 300 })])).toEqual([
      [0, 300],
      [1000, 300],
      [2000, 300],
    ]);
  });

  it('stand side by side by time, then channel, then as values do', () => {
    const of = (channel: string, given: Given = {}) => wave(0, { channel, ...given });
    const names = (samples: readonly Sample[]) =>
      SETTLING.parts(samples).map(({ channel, device, cited, part }) =>
        [cited.code, device ?? cited.source, channel, (part?.t ?? cited.t) - T0].join(' '),
      );
    expect(names([of('V1'), of('II')])).toEqual([
      '12 gateway II 0',
      '12 gateway V1 0',
      '12 gateway II 1000',
      '12 gateway V1 1000',
    ]);
    const second = { series: Array<number>(RATE).fill(0) };
    expect(
      names([
        of('II', { ...second, code: PPG }),
        of('II', { ...second, device: 'b' }),
        of('II', { ...second, device: 'a' }),
      ]),
    ).toEqual(['12 a II 0', '12 b II 0', '13 gateway II 0']);
    const twice = [wave(0, { ...second, cited: { identity: 'b' } }), wave(0, { ...second, cited: { identity: 'a' } })];
    expect(SETTLING.parts(twice).map(({ cited }) => cited.identity)).toEqual(['a', 'b']);
  });

  it('are the sample itself where it is no wave', () => {
    const { cited } = wave(0);
    expect(SETTLING.parts([{ cited }])).toEqual([{ cited }]);
    expect(SETTLING.parts([wave(0, { periodMs: 0 })])).toHaveLength(1);
    expect(SETTLING.parts([{ cited, series: [1, 2] }])).toHaveLength(1);
    expect(SETTLING.parts([])).toEqual([]);
  });
});

describe('the memory of waves', () => {
  it('knows each channel of each device, and what has no name by its kind', () => {
    const second = { series: Array<number>(RATE).fill(0.1) };
    const unnamed = (code: number): Sample => {
      const { channel: _, ...rest } = wave(0, { ...second, code });
      return rest;
    };
    const { memory } = follow([
      wave(0, second),
      wave(0, { ...second, device: 'monitor-1' }),
      unnamed(PPG),
      unnamed(PRESSURE),
    ]);
    expect(Object.keys(waveStateOf(memory)!.channels).sort()).toEqual([
      '12|d:monitor-1|II',
      '12|f:gateway|II',
      '13|f:gateway|ppg',
      '14|f:gateway|pressure',
    ]);
    expect(waveStateOf(null)).toBeNull();
  });

  it('knows how long the longest was', () => {
    expect(SETTLING.longest(null)).toBe(0);
    const { memory } = follow([wave(0), wave(2000, { series: Array<number>(750).fill(0) }), wave(5000)]);
    expect(SETTLING.longest(memory)).toBe(3000);
  });

  it('knows to where it has judged: of pulse waves alone, to where they are known', () => {
    expect(SETTLING.judged(null)).toBeNull();
    expect(SETTLING.judged(follow([wave(0)]).memory)).toBe(T0 + 2000);
    const pulses = follow([wave(0, { code: PPG }), wave(0, { code: PRESSURE, series: Array<number>(750).fill(80) })]);
    expect(waveStateOf(pulses.memory)!.judged).toBeNull();
    expect(SETTLING.judged(pulses.memory)).toBe(T0 + 3000);
  });

  it('says what is late for its channel', () => {
    const { memory } = follow([wave(0), wave(2000), wave(4000), wave(6000), wave(8000)]);
    expect(SETTLING.isLate(memory, wave(10_000))).toBe(false);
    expect(SETTLING.isLate(memory, wave(2000))).toBe(true);
    expect(SETTLING.isLate(null, wave(0))).toBe(false);
    // What is no wave is refused, not late.
    const { cited } = wave(2000);
    expect(SETTLING.isLate(memory, { cited })).toBe(false);
  });

  it('refuses what is no wave, and stays as it is', () => {
    const { memory } = follow([wave(0)]);
    const { cited } = wave(2000);
    for (const sample of [{ cited }, { cited, series: [1] }, { ...wave(0), cited: { ...cited, code: 1 } }])
      expect(WAVES.step(memory, sample, AT)).toEqual({ memory, holds: {}, refused: ['no-waveform'] });
  });

  it('says why a chunk was not taken', () => {
    expect(follow([wave(0), wave(0)]).refused).toContain('duplicate');
  });

  it('begins anew without what it found, and does not count beats again that it counted', () => {
    expect(SETTLING.begin(null)).toMatchObject({ holds: {}, longest: 0 });
    expect(SETTLING.begin(null)).not.toHaveProperty('beatsAfter');
    const ten = every(0, 10_000, 2000).map((ms) => wave(ms));
    const { memory } = follow(ten);
    const { judged } = waveStateOf(memory)!;
    expect(judged).toBeGreaterThan(T0);
    const begun = SETTLING.begin(memory);
    expect(begun).toMatchObject({ state: { judged: null }, holds: {}, longest: 2000, beatsAfter: judged });
    // To there, and not beyond.
    expect(follow(ten, begun).memory).toHaveProperty('beatsAfter', judged);
    expect(follow([...ten, wave(10_000)], begun).memory).not.toHaveProperty('beatsAfter');
  });
});

describe('what is cited of a wave', () => {
  /** Beats, and then none. */
  const { values } = ecg(40, every(0.5, 20, 0.8));
  const chunks = (seconds: number, cited: Partial<Cited> = {}) =>
    every(0, 40, seconds).map((from) =>
      wave(from * SECOND, { series: values.slice(from * RATE, (from + seconds) * RATE), cited }),
    );
  const citedOf = (samples: readonly Sample[]) => {
    const { cites } = follow(samples);
    expect(cites.length).toBeGreaterThan(0);
    return cites.at(-1)!;
  };

  it('is as good as it was, with what speaks against its signal', () => {
    const { quality, reasons, t } = citedOf(chunks(10));
    expect(t).toBeGreaterThanOrEqual(T0 + 20 * SECOND);
    expect(quality).toBe(0);
    expect(reasons!.length).toBeGreaterThan(0);
  });

  it('says nothing of a signal that is too short for it', () => {
    expect(citedOf(chunks(1)).reasons).toBeUndefined();
  });

  it('keeps the reasons of its sender before those', () => {
    const { quality, reasons } = citedOf(chunks(10, { quality: 1, reasons: ['motion'] }));
    expect(quality).toBe(1);
    expect(reasons![0]).toBe('motion');
    expect(reasons!.length).toBeGreaterThan(1);
  });
});
