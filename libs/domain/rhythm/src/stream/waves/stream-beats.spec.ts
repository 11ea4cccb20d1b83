import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { stepWave, ventricularBeats, type StreamBeat, type WaveChunk, type WaveState } from '../../index.js';

const START = 1_700_000_000_000;

/** A repeatable stream of numbers in 0..1 (Park and Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

type Wave = readonly [shift: number, height: number, width: number];

interface Drawn {
  /** s */
  readonly at: number;
  readonly waves: readonly Wave[];
}

/** Sums of Gaussians (shift s, height mV, width s): a usual beat with P and T; a wide one without P and with an opposite T. */
const USUAL: readonly Wave[] = [
  [-0.16, 0.12, 0.02],
  [0, 1, 0.011],
  [0.03, -0.2, 0.01],
  [0.28, 0.25, 0.045],
];
const WIDE: readonly Wave[] = [
  [0, 1.4, 0.045],
  [0.25, -0.5, 0.06],
];

function draw(beats: readonly Drawn[], seconds: number, fs: number): number[] {
  const next = numbers(3);
  const out = Array.from({ length: Math.round(seconds * fs) }, () => 0.02 * (next() - 0.5));
  for (const { at, waves } of beats)
    for (let k = Math.max(0, Math.round((at - 0.4) * fs)); k < Math.min(out.length, (at + 0.6) * fs); k++)
      for (const [shift, height, width] of waves)
        out[k]! += height * Math.exp(-((k / fs - at - shift) ** 2) / (2 * width ** 2));
  return out;
}

/** Every eighth beat comes early, with a pause after it. */
function withEarly(seconds: number, early: readonly Wave[]): Drawn[] {
  const beats: Drawn[] = [];
  for (let at = 0.5; at < seconds - 2; at += 0.8) {
    for (let i = 0; i < 7; i++, at += 0.8) beats.push({ at, waves: USUAL });
    beats.push({ at: at - 0.28, waves: early });
  }
  return beats.filter(({ at }) => at < seconds - 1);
}

interface Lead {
  readonly channel?: string;
  readonly kind?: WaveChunk['kind'];
  readonly samples: readonly number[];
  /** What is added to the time of the chunk that begins at second `from`, ms; undefined: the chunk is not sent. */
  readonly late?: (from: number) => number | undefined;
}

/** Leads in step, in chunks of the sizes given (samples), in turn; the state goes through JSON between them. */
function stream(
  leads: readonly Lead[],
  fs: number,
  sizes: readonly number[] = [fs],
): { readonly beats: readonly StreamBeat[]; readonly state: WaveState; readonly largest: number } {
  let state: WaveState | null = null;
  let largest = 0;
  const beats: StreamBeat[] = [];
  const length = Math.max(...leads.map(({ samples }) => samples.length));
  for (let i = 0, turn = 0; i < length; turn++) {
    const size = sizes[turn % sizes.length]!;
    for (const { channel = 'II', kind = 'ecg', samples, late = () => 0 } of leads) {
      const part = samples.slice(i, i + size);
      const moved = late(i / fs);
      if (part.length === 0 || moved === undefined) continue;
      const t = START + (1000 * i) / fs + moved;
      const step = stepWave(state, { t, samples: part, periodMs: 1000 / fs, kind, channel, doubtful: false });
      const text = JSON.stringify(step.state);
      largest = Math.max(largest, text.length);
      state = JSON.parse(text) as WaveState;
      beats.push(...step.beats);
    }
    i += size;
  }
  return { beats, state: state!, largest };
}

const secondOf = ({ at }: StreamBeat): number => (at - START) / 1000;

/** Beats drawn after the start and before the end, each with the classes it was given. */
function calls(drawn: readonly Drawn[], beats: readonly StreamBeat[], until: number): ReadonlyArray<readonly string[]> {
  return drawn
    .filter(({ at }) => at > 4 && at < until - 5)
    .map(({ at }) => beats.filter((beat) => Math.abs(secondOf(beat) - at) < 0.1).map((beat) => beat.class));
}

/** In order, and no two nearer than a heart can beat. */
function expectOnce(beats: readonly StreamBeat[]): void {
  for (let i = 1; i < beats.length; i++) expect(beats[i]!.at - beats[i - 1]!.at).toBeGreaterThan(170);
}

describe('classes of beats as they come', () => {
  it.each([128, 250, 360, 1000])('call early wide beats V and the usual ones N, each once, at %i Hz', (fs) => {
    const drawn = withEarly(60, WIDE);
    for (const sign of [1, -1]) {
      const { beats } = stream([{ samples: draw(drawn, 60, fs).map((each) => sign * each) }], fs);
      expectOnce(beats);
      const isWide = drawn.filter(({ at }) => at > 4 && at < 55).map(({ waves }) => waves === WIDE);
      expect(isWide.filter(Boolean).length).toBeGreaterThan(5);
      expect(calls(drawn, beats, 60)).toEqual(isWide.map((wide) => [wide ? 'V' : 'N']));
    }
  });

  it('do not call early beats of the usual form V', () => {
    const drawn = withEarly(60, USUAL);
    const { beats } = stream([{ samples: draw(drawn, 60, 250) }], 250);
    expect(beats.length).toBeGreaterThan(60);
    expect(beats.filter((beat) => beat.class === 'V')).toEqual([]);
  });

  it('come within five seconds of the beat', () => {
    const { beats } = stream([{ samples: draw(withEarly(40, WIDE), 40, 250) }], 250);
    expect(secondOf(beats.at(-1)!)).toBeGreaterThan(35);
  });

  it('are the same however the lead is cut into chunks', () => {
    const samples = draw(withEarly(30, WIDE), 30, 250);
    const whole = stream([{ samples }], 250, [samples.length]);
    expect(whole.beats.length).toBeGreaterThan(25);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const cut = stream([{ samples }], 250, [...sizes, 999]);
        expect(cut.beats).toEqual(whole.beats);
        expect(cut.state.classing).toEqual(whole.state.classing);
        expect(cut.state.counted).toEqual(whole.state.counted);
      }),
      propertyRuns(4),
    );
  });

  it('go on past missing, flat and saturated stretches, gaps and jitter, no beat twice', () => {
    const drawn = withEarly(45, WIDE);
    const samples = draw(drawn, 45, 125);
    const between = (from: number, to: number, value: number): number[] =>
      samples.map((each, k) => (k >= from * 125 && k < to * 125 ? value : each));
    const leads: readonly Lead[] = [
      ...[Number.NaN, 0, 10, -10, Number.POSITIVE_INFINITY].map((value) => ({ samples: between(20, 26, value) })),
      { samples: between(20, 20.1, Number.NaN) },
      { samples, late: (from) => (from >= 20 && from < 26 ? undefined : 0) },
      { samples, late: (from) => (from % 7 === 0 ? 120 : from % 5 === 0 ? -120 : 0) },
    ];
    for (const lead of leads) {
      const { beats } = stream([lead], 125);
      expectOnce(beats);
      expect(beats.filter((beat) => secondOf(beat) < 16).length).toBeGreaterThan(14);
      expect(beats.filter((beat) => secondOf(beat) > 32).length).toBeGreaterThan(8);
    }
  });

  it('are those of one lead: II, and another when it is away for half a minute', () => {
    const drawn = withEarly(90, WIDE);
    const samples = draw(drawn, 90, 250);
    const broken = samples.map((each, k) => (k < 30 * 250 ? each : Number.NaN));
    const { beats } = stream(
      [
        { channel: 'I', samples: samples.map((each) => 0.6 * each) },
        { channel: 'MLII', samples: broken },
      ],
      250,
    );
    expectOnce(beats);
    const [first, second] = ['MLII', 'I'].map((lead) => beats.filter((beat) => beat.lead === lead).map(secondOf));
    expect(first!.at(-1)).toBeLessThan(30);
    expect(second![0]).toBeGreaterThan(45);
    expect(second!.length).toBeGreaterThan(20);
    expect(first!.length + second!.length).toBe(beats.length);
  });

  it('keep a bounded state, however many forms there are', () => {
    const next = numbers(11);
    const forms = Array.from({ length: 140 }, (_, i) => ({
      at: 0.5 + 0.7 * i,
      waves: [0, 0.06, 0.12].map((shift) => [shift, 4 * next() - 2, 0.01 + 0.04 * next()] as const),
    }));
    const samples = draw(forms, 100, 125);
    const { largest, beats, state } = stream(
      [
        { channel: 'I', samples: samples.map((each) => each / 3) },
        { channel: 'II', samples },
        { channel: 'PLETH', kind: 'ppg', samples: samples.map((each) => 1000 * each) },
        { channel: 'ABP', kind: 'pressure', samples: samples.map((each) => 80 + 20 * each) },
      ],
      125,
      [124],
    );
    expect(beats.length).toBeGreaterThan(80);
    expect(state.classing!.beats!.groups.length).toBeGreaterThan(9);
    expect(JSON.stringify(state.classing).length).toBeLessThan(5000);
    expect(largest).toBeLessThan(22_000);
  });
});

describe('the share of ventricular beats', () => {
  it('counts the newest five minutes', () => {
    const drawn = withEarly(420, WIDE).filter(({ at, waves }) => at > 100 || waves === USUAL);
    const { state } = stream([{ samples: draw(drawn, 420, 125) }], 125);
    const share = ventricularBeats(state);
    if ('refused' in share) throw new Error('refused');
    // Seven usual beats and a wide one in 6.4 s.
    expect(share.percent).toBeCloseTo(12.5, 0);
    expect(Math.abs(share.perMinute - 60 / 6.4)).toBeLessThan(0.5);
    expect(share.longestRun).toBe(1);
    expect(share.beats).toBeGreaterThan(335);
    expect(share.beats).toBeLessThan(376);
    expect((share.newest - START) / 1000).toBeGreaterThan(414);
  });

  it('knows the longest run, and is refused under sixty beats', () => {
    const large = WIDE.map(([shift, height, width]): Wave => [shift, 1.5 * height, width]);
    const run = [60, 60.5, 61, 61.5].map((at) => ({ at, waves: large }));
    const drawn = [...withEarly(120, USUAL).filter(({ at }) => at < 59.6 || at > 62.2), ...run];
    const samples = draw(drawn, 120, 250);
    expect(ventricularBeats(stream([{ samples }], 250).state)).toMatchObject({ ventricular: 4, longestRun: 4 });
    expect(ventricularBeats(stream([{ samples: samples.slice(0, 40 * 250) }], 250).state)).toEqual({
      refused: 'too-few-beats',
    });
    expect(ventricularBeats(null)).toEqual({ refused: 'too-few-beats' });
  });

  it('forgets beats when the lead is of no use for five minutes', () => {
    const samples = [...draw(withEarly(90, WIDE), 90, 125), ...Array.from({ length: 340 * 125 }, () => Number.NaN)];
    const { state } = stream([{ samples }], 125);
    expect(ventricularBeats(state)).toEqual({ refused: 'too-few-beats' });
  });
});
