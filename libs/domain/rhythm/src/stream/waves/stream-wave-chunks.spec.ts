import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { stepWave, type WaveChunk, type WaveState } from '../../index.js';
import { ecg, fibrillating, FS, numbers, pulse, type Signal, SINUS, START, stream } from './stream-wave.fixture.js';

describe('the stream of waves itself', () => {
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

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(allFinite);
}
