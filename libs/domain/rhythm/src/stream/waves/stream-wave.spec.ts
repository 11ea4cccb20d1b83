import { describe, expect, it } from '@jest/globals';
import { stepWave, type RhythmFinding, type WaveState } from '../../index.js';
import {
  ecg,
  fibrillating,
  FS,
  ONSET,
  present,
  pulse,
  seconds,
  type Signal,
  SINUS,
  START,
  steady,
  STOPPED,
  stream,
} from './stream-wave.fixture.js';

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

  it.each([0.4, 0.8, 1.2, 1.4])(
    'doubts the asystole of an ECG in volts that is called millivolts: a beat every %d s',
    (interval) => {
      const volts = ecg(steady(0.5, 40, interval), 40).map((x) => x / 1000);
      const told = stream([{ samples: volts }]).findings;
      expect(told.length).toBeGreaterThan(0);
      for (const { rule, confident, note } of told) {
        expect([rule, confident]).toEqual(['asystole', false]);
        expect(note).toContain('a thousand times too small');
      }
    },
  );

  it('is sure of the asystole again when beats in volts stop', () => {
    const told = stream([{ samples: ecg(STOPPED, 40).map((x) => x / 1000) }]).findings;
    expect(told[0]).toMatchObject({ rule: 'asystole', confident: false });
    expect(told.at(-1)).toMatchObject({ rule: 'asystole', present: true, confident: true });
  });

  it.each([0.1, 0.3, 0.6, 1])('is sure of a heart that is silent from the start, whatever the noise: %d', (share) => {
    const told = stream([{ samples: ecg([], 40).map((x) => share * x) }]).findings;
    expect(told[0]).toMatchObject({ rule: 'asystole', present: true, confident: true });
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
