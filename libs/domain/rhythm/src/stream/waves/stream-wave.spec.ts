import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { stepWave, type RhythmFinding, type WaveChunk, type WaveState } from '../../index.js';

const START = 1_700_000_000_000;
const FS = 250;

/** A repeatable stream of numbers in 0..1 (Park and Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** [height mV, shift s, width s] of the waves of a beat. */
const NARROW = [
  [0.12, -0.16, 0.02],
  [1, 0, 0.011],
  [-0.2, 0.03, 0.01],
  [0.25, 0.28, 0.045],
] as const;
const WIDE = [
  [1.8, 0, 0.045],
  [-0.7, 0.13, 0.05],
] as const;

/** An ECG of sinus beats (and wide ones) with 10 µV of noise. */
function ecg(beats: readonly number[], seconds: number, wide: readonly number[] = [], fs = FS): number[] {
  const next = numbers(9);
  const out = Array.from({ length: Math.round(seconds * fs) }, () => 0.02 * (next() - 0.5));
  const add = (at: number, waves: ReadonlyArray<readonly [number, number, number]>): void => {
    for (let k = Math.max(0, Math.round((at - 0.4) * fs)); k < Math.min(out.length, (at + 0.6) * fs); k++)
      for (const [height, shift, width] of waves)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  };
  for (const at of beats) add(at, NARROW);
  for (const at of wide) add(at, WIDE);
  return out;
}

function pulse(beats: readonly number[], seconds: number): number[] {
  const next = numbers(6);
  const out = Array.from({ length: Math.round(seconds * FS) }, () => 80 + next());
  for (const at of beats)
    for (let k = Math.round(at * FS); k < Math.min(out.length, (at + 0.8) * FS); k++)
      out[k]! += 40 * Math.exp(-((k / FS - at - 0.25) ** 2) / (2 * 0.08 ** 2));
  return out;
}

function steady(from: number, to: number, interval: number): number[] {
  return Array.from({ length: Math.floor((to - from) / interval) }, (_, i) => from + i * interval);
}

interface Signal {
  readonly samples: readonly number[];
  readonly kind?: WaveChunk['kind'];
  readonly channel?: string;
  readonly doubtful?: boolean;
}

interface Outcome {
  readonly state: WaveState;
  readonly findings: readonly RhythmFinding[];
}

/** Signals in step, cut into chunks of the sizes given (samples), in turn; the state goes through JSON between them. */
function stream(signals: readonly Signal[], sizes: readonly number[] = [FS], fs = FS): Outcome {
  let state: WaveState | null = null;
  const findings: RhythmFinding[] = [];
  const length = Math.max(...signals.map(({ samples }) => samples.length));
  for (let i = 0, turn = 0; i < length; turn++) {
    const size = sizes[turn % sizes.length]!;
    for (const { samples, kind = 'ecg', channel = 'II', doubtful = false } of signals) {
      const part = samples.slice(i, i + size);
      const step = stepWave(state, {
        t: START + (i * 1000) / fs,
        samples: part,
        periodMs: 1000 / fs,
        kind,
        channel,
        doubtful,
      });
      state = JSON.parse(JSON.stringify(step.state)) as WaveState;
      findings.push(...step.findings);
      expect(step.refusals).toEqual([]);
    }
    i += size;
  }
  return { state: state!, findings };
}

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(allFinite);
}

const present = (findings: readonly RhythmFinding[]): readonly string[] =>
  findings.filter((each) => each.present).map(({ rule }) => rule);

const seconds = (finding: RhythmFinding | undefined): number => ((finding?.at ?? Number.NaN) - START) / 1000;

const SINUS = steady(0.5, 60, 0.8);
/** When what the recordings are about begins: seconds after START. */
const ONSET = 15.6;
const STOPPED = SINUS.filter((at) => at < ONSET);

/** Sinus beats, then fibrillatory waves: 4 to 6 Hz, size and frequency wandering. */
function fibrillating(length: number, beats: readonly number[] = STOPPED, from = ONSET): number[] {
  const out = ecg(beats, length);
  for (let k = from * FS, phase = 0; k < out.length; k++) {
    const t = k / FS;
    phase += (2 * Math.PI * (5 + Math.sin(0.9 * t))) / FS;
    out[k]! += (0.35 + 0.12 * Math.sin(1.7 * t)) * Math.sin(phase);
  }
  return out;
}

describe('life-threatening rhythms from streamed waves', () => {
  it('says nothing of sinus rhythm, upright or inverted, at any usable rate', () => {
    for (const fs of [100, 250, 360, 1000])
      for (const sign of [1, -1])
        expect(stream([{ samples: ecg(SINUS, 14, [], fs).map((each) => sign * each) }], [fs], fs).findings).toEqual([]);
  });

  it('emits asystole within ten seconds, and its end', () => {
    const back = [...STOPPED, ...steady(30.6, 46, 0.8)];
    const [start, ...rest] = stream([{ samples: ecg(back, 46) }]).findings.filter(({ rule }) => rule === 'asystole');
    expect(start).toMatchObject({ present: true, confident: true, note: 'no pulse wave to cross-check' });
    expect(seconds(start) - ONSET).toBeGreaterThan(3);
    expect(seconds(start) - ONSET).toBeLessThan(10);
    expect(Math.abs(start!.since - START - STOPPED.at(-1)! * 1000)).toBeLessThan(1000);
    expect(rest.at(-1)).toMatchObject({ present: false });
  });

  it.each([
    ['strong, after usual beats', 1, 1, ONSET],
    ['on a small lead', 0.3, 0.2, ONSET],
    ['from the start', 0.3, 1, 0],
  ])('takes no hum of the mains for beats: %s', (_, amplitude, gain, until) => {
    const beats = ecg(
      SINUS.filter((at) => at < until),
      30,
    );
    const samples = beats.map((x, i) => gain * x + amplitude * Math.sin((2 * Math.PI * 50 * i) / FS));
    expect(new Set(present(stream([{ samples }]).findings))).toEqual(new Set(['asystole']));
  });

  it('lets a pulse that goes on withdraw asystole, and one that stops confirm it', () => {
    const silent = { samples: ecg(STOPPED, 31) };
    const goesOn: Signal = { samples: pulse(SINUS, 31), kind: 'pressure', channel: 'ABP' };
    const stops: Signal = { ...goesOn, samples: pulse(STOPPED, 31) };
    expect(present(stream([goesOn, silent]).findings)).toEqual([]);
    const [told] = stream([stops, silent]).findings;
    expect(told).toMatchObject({ rule: 'asystole', present: true });
    expect(told).not.toHaveProperty('note');
  });

  it('never takes a gap, missing samples or a saturated lead for asystole, and doubts an entirely flat line', () => {
    const samples = ecg(SINUS, 40);
    const first = samples.slice(0, 15 * FS);
    const begun = stream([{ samples: first }]).state;
    const later = stepWave(begun, {
      t: START + 25_000,
      samples: samples.slice(0, 15 * FS),
      periodMs: 4,
      kind: 'ecg',
      channel: 'II',
      doubtful: false,
    });
    expect(later.findings).toEqual([]);
    for (const value of [Number.NaN, 10, -10]) {
      const broken = samples.map((each, k) => (k > 20 * FS ? value : each));
      let state: WaveState | null = null;
      const findings: RhythmFinding[] = [];
      for (let i = 0; i < broken.length; i += FS) {
        const chunk = {
          samples: broken.slice(i, i + FS),
          periodMs: 4,
          kind: 'ecg',
          channel: 'II',
          doubtful: false,
        } as const;
        const step = stepWave(state, { ...chunk, t: START + 4 * i });
        state = step.state;
        findings.push(...step.findings);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }
      expect(findings).toEqual([]);
    }
    const flat = stream([{ samples: samples.map((each, k) => (k > 20 * FS ? 0 : each)) }]).findings;
    expect(flat[0]).toMatchObject({ rule: 'asystole', present: true, confident: false });
    expect(flat[0]!.note).toContain('flat line');
  });

  it('emits extreme rates by five and seventeen beats', () => {
    const slow = [...steady(0.5, 20, 0.8), ...steady(20.5, 50, 1.7)];
    const told = stream([{ samples: ecg(slow, 50) }]).findings;
    expect(present(told)).toEqual(['extreme-bradycardia']);
    expect(Math.abs(told[0]!.value - 60 / 1.7)).toBeLessThan(1);
    const fast = [...steady(0.5, 20, 0.8), ...steady(20.5, 50, 0.38)];
    const [tachycardia] = stream([{ samples: ecg(fast, 50) }]).findings;
    expect(tachycardia).toMatchObject({ rule: 'extreme-tachycardia', present: true });
    expect(seconds(tachycardia) - 20.5).toBeLessThan(16 * 0.38 + 10);
  });

  it('emits a run of wide fast beats as ventricular tachycardia', () => {
    const narrow = [...steady(0.5, ONSET, 0.8), ...steady(21.1, 35.6, 0.8)];
    const told = stream([{ samples: ecg(narrow, 36, steady(15.8, 20.1, 0.4)) }]).findings;
    expect(present(told)).toContain('ventricular-tachycardia');
    expect(seconds(told.find(({ rule }) => rule === 'ventricular-tachycardia'))).toBeLessThan(27.6);
  });

  it('emits a run of four beats in doubt, and again without when one of more than the five of the definition follows', () => {
    const narrow = [...steady(0.5, 30, 0.8), ...steady(32.4, 36.4, 0.8), ...steady(40.9, 55, 0.8)];
    const wide = [...steady(30.2, 31.81, 0.4), ...steady(36.6, 40.4, 0.4)];
    const told = stream([{ samples: ecg(narrow, 55, wide) }]).findings;
    expect(told.map(({ rule }) => rule)).toEqual(told.map(() => 'ventricular-tachycardia'));
    expect(told.map((each) => [each.present, each.confident])).toEqual([
      [true, false],
      [true, true],
      [false, true],
    ]);
    expect(told[1]!.since).toBe(told[0]!.since);
  });

  it('emits a run only in doubt, if at all, that a steady lead or a steady pulse contradicts', () => {
    const narrow = [...steady(0.5, ONSET, 0.8), ...steady(21.1, 35.6, 0.8)];
    const run = { samples: ecg(narrow, 36, steady(15.8, 20.1, 0.4)) };
    const ofRuns = (signals: readonly Signal[]): readonly RhythmFinding[] =>
      stream(signals).findings.filter(({ rule, present: is }) => is && rule === 'ventricular-tachycardia');
    const isSure = (told: readonly RhythmFinding[]): boolean => told.some(({ confident }) => confident);
    const swings = Array.from({ length: 36 * FS }, (_, k) => 80 + 20 * Math.sin((2 * Math.PI * k) / (0.8 * FS)));
    const steadyPulse: Signal = { samples: swings, kind: 'ppg', channel: 'PLETH' };
    const steadyLead: Signal = { samples: ecg(SINUS, 36), channel: 'V' };
    expect(isSure(ofRuns([run]))).toBe(true);
    for (const against of [[steadyPulse], [steadyLead], [steadyPulse, steadyLead]])
      expect(isSure(ofRuns([...against, run]))).toBe(false);
  });

  it('emits fibrillatory waves as ventricular fibrillation within ten seconds, not while a pulse goes on', () => {
    const told = stream([{ samples: fibrillating(36) }]).findings;
    const fibrillation = told.find(({ rule }) => rule === 'ventricular-fibrillation');
    expect(seconds(fibrillation) - ONSET).toBeLessThan(10);
    const withPulse = stream([
      { samples: pulse(SINUS, 36), kind: 'ppg', channel: 'PLETH' },
      { samples: fibrillating(36) },
    ]).findings;
    expect(present(withPulse)).not.toContain('ventricular-fibrillation');
  });

  it('does not wait for a lead that fell silent', () => {
    const silent = { samples: ecg(STOPPED, 31) };
    const gone: Signal = { samples: ecg(SINUS, 14.6), channel: 'V' };
    const told = stream([silent, gone]).findings.find(({ rule }) => rule === 'asystole');
    expect(seconds(told) - ONSET).toBeLessThan(10);
  });

  it('lowers confidence while the signal is doubtful', () => {
    const [told] = stream([{ samples: ecg(STOPPED, 31), doubtful: true }]).findings;
    expect(told).toMatchObject({ rule: 'asystole', present: true, confident: false });
  });
});

describe('the stream itself', () => {
  // Sinus rhythm, asystole, fibrillation.
  const beats = SINUS.filter((at) => at < 12);
  const samples = fibrillating(30, beats, 21);

  it('says the same however one channel is cut into chunks', () => {
    const whole = stream([{ samples }], [samples.length]);
    expect(whole.findings.length).toBeGreaterThan(1);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 2, maxLength: 5 }), (sizes) => {
        const cut = stream([{ samples }], [...sizes, 1999]);
        expect(cut.findings).toEqual(whole.findings);
        expect(JSON.stringify({ ...cut.state.channels['II'], from: 0 })).toBe(
          JSON.stringify({ ...whole.state.channels['II'], from: 0 }),
        );
      }),
      propertyRuns(3),
    );
  });

  it('says the same of channels in step, in chunks of up to three seconds', () => {
    const signals: readonly Signal[] = [
      { samples: pulse(beats, 30), kind: 'ppg', channel: 'PLETH' },
      { samples, channel: 'II' },
      { samples: samples.map((each) => -0.6 * each), channel: 'V' },
    ];
    const bySecond = stream(signals, [FS]);
    expect(bySecond.findings.length).toBeGreaterThan(1);
    for (const size of [750]) expect(stream(signals, [size]).findings).toEqual(bySecond.findings);
  });

  it('refuses repeated input, what is out of order or unusable, and stays as it was', () => {
    const chunk: WaveChunk = {
      t: START,
      samples: ecg(SINUS, 10),
      periodMs: 4,
      kind: 'ecg',
      channel: 'II',
      doubtful: false,
    };
    const { state } = stepWave(null, chunk);
    const changes: ReadonlyArray<readonly [Partial<WaveChunk>, string]> = [
      [{}, 'duplicate'],
      [{ t: START - 1 }, 'reversed'],
      [{ t: START + 5000, samples: chunk.samples.slice(0, 1250) }, 'overlapping'],
      [{ t: Number.NaN }, 'not-a-number'],
      [{ t: START + 10_000, periodMs: 0 }, 'not-a-number'],
      [{ t: START + 10_000, periodMs: 50 }, 'unusable-rate'],
      [{ t: START + 10_000, periodMs: 0.1 }, 'unusable-rate'],
    ];
    for (const [change, reason] of changes) {
      const step = stepWave(state, { ...chunk, ...change });
      expect(step).toEqual({ state, findings: [], beats: [], runs: [], refusals: [{ reason, count: 1 }] });
      expect(step.state).toBe(state);
    }
    const { state: two } = stepWave(state, { ...chunk, channel: 'V' });
    expect(stepWave(two, { ...chunk, channel: 'toString' }).refusals).toEqual([
      { reason: 'too-many-channels', count: 1 },
    ]);
    const changed = stepWave(state, { ...chunk, t: START + 10_000, periodMs: 2 });
    expect(changed.refusals).toEqual([{ reason: 'rate-changed', count: 1 }]);
    expect(changed.findings).toEqual([]);
  });

  it('takes of a chunk that overlaps what is new', () => {
    const chunk = (t: number, from: number, to: number): WaveChunk => ({
      t: START + t,
      samples: ecg(SINUS, 10).slice(from, to),
      periodMs: 4,
      kind: 'ecg',
      channel: 'II',
      doubtful: false,
    });
    const first = stepWave(null, chunk(0, 0, 1500)).state;
    const joined = stepWave(first, chunk(6000, 1500, 2500)).state;
    const overlapped = stepWave(first, chunk(4000, 1000, 2500));
    expect(overlapped.refusals).toEqual([{ reason: 'overlapping', count: 1 }]);
    const { from: _, ...channel } = overlapped.state.channels['II']!;
    expect(joined.channels['II']).toMatchObject(channel);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'takes a channel called %s as any other',
    (channel) => {
      const samples = [...ecg(SINUS, 15), ...ecg([], 10)];
      const called = stream([{ samples, channel }]);
      expect(called.findings).toEqual(stream([{ samples }]).findings);
      expect(called.findings[0]).toMatchObject({ rule: 'asystole', present: true });
    },
  );

  it('judges at whole seconds, wherever the channel begins', () => {
    const samples = [...ecg(SINUS, 30), ...ecg([], 10)];
    const times = [0, 33, 1250, 1777].map((skipped) => {
      const t = START + 4 * skipped;
      const rest = samples.slice(skipped);
      const chunk = { t, samples: rest, periodMs: 4, kind: 'ecg', channel: 'II', doubtful: false } as const;
      return stepWave(null, chunk).findings.map(({ rule, at, since }) => [rule, at, since]);
    });
    expect(times[0]).toHaveLength(2);
    for (const each of times) expect(each).toEqual(times[0]);
  });

  it('goes on from a stored state whose blocks were not whole seconds yet', () => {
    const samples = [...ecg(SINUS, 15), ...ecg([], 10)];
    const { state } = stream([{ samples: samples.slice(0, 10 * FS) }]);
    const { phase: _, ...channel } = state.channels['II']!;
    const stored = { ...state, channels: { II: channel } };
    const rest = samples.slice(10 * FS);
    const chunk = {
      t: START + 10_000,
      samples: rest,
      periodMs: 1000 / FS,
      kind: 'ecg',
      channel: 'II',
      doubtful: false,
    } as const;
    expect(stepWave(stored, chunk).findings[0]).toMatchObject({ rule: 'asystole', present: true });
  });

  it('keeps a bounded state without NaN whatever comes', () => {
    const anySample = fc.oneof(
      fc.double({ min: -10, max: 10 }),
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, 5, 1e300),
    );
    const anyChunk = fc.record({
      t: fc.oneof(
        fc.integer({ min: 0, max: 60_000 }).map((each) => START + each),
        fc.double(),
      ),
      samples: fc.array(anySample, { maxLength: 50 }).map((few) => Array.from({ length: 6 }, () => few).flat()),
      periodMs: fc.constantFrom(1, 2, 4, 8, 1000 / 360, 20, 0, Number.NaN),
      kind: fc.constantFrom('ecg', 'ppg', 'pressure'),
      channel: fc.constantFrom('I', 'II', 'V', 'PLETH', 'ABP', '__proto__'),
      doubtful: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyChunk, { maxLength: 30 }), (chunks) => {
        let state: WaveState | null = null;
        for (const chunk of chunks) {
          ({ state } = stepWave(state, chunk));
          expect(allFinite(state)).toBe(true);
          expect(JSON.stringify(JSON.parse(JSON.stringify(state)))).toBe(JSON.stringify(state));
        }
      }),
      propertyRuns(25),
    );
    const next = numbers(4);
    const noise = Array.from({ length: 10 * FS + 248 }, () => 3 * next() - 1.5);
    const { state } = stream([
      { samples: noise, channel: 'I' },
      { samples: noise, channel: 'II' },
      { samples: noise.map((each) => 100 * each), channel: 'PLETH', kind: 'ppg' },
      { samples: noise, channel: 'ABP', kind: 'pressure' },
    ]);
    expect(JSON.stringify(state).length).toBeLessThan(22_000);
  });
});
