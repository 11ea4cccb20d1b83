import { describe, expect, it } from '@jest/globals';
import { defaultLimits, type Circumstances, type Cited, type DetectorStep, type Rule } from '#libs/domain/twin';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { LOW_SOON_DETECTOR } from './low-soon-detector.js';

const FALLING = [150, 146, 141, 136, 130, 124, 117, 110, 102, 94, 86, 79, 73];
const LOW = [66, 65];

function reading(minute: number, x: number, over: Partial<Cited> = {}): Cited {
  const t = T0 + minute * MINUTE;
  return { identity: `value-${minute}`, version: 1, t, x, quality: 0, source: 'sensor', code: 9, ...over };
}

/** A course every five minutes from `from` on, minutes. */
function course(values: readonly number[], from = 0, over: Partial<Cited> = {}): Cited[] {
  return values.map((x, i) => reading(from + 5 * i, x, over));
}

/** The last step, after these readings in order. */
function after(readings: readonly Cited[], start: unknown = null): DetectorStep {
  let step: DetectorStep = { memory: start, holds: {} };
  for (const cited of readings) {
    const at: Circumstances = {
      limitsOf: (rule) => defaultLimits(rule as Rule),
      person: { born: null, pregnancies: [], deceased: false },
      derived: () => ({ refused: 'none' }),
      now: cited.t,
    };
    step = LOW_SOON_DETECTOR.step(step.memory, { cited }, at);
  }
  return step;
}

type Sensors = Readonly<Record<string, { readonly cites: readonly Cited[]; readonly ahead?: object }>>;
const sensorsOf = ({ memory }: DetectorStep): Sensors => memory as Sensors;
const minutesOf = (cites: readonly Cited[]): number[] => cites.map(({ t }) => (t - T0) / MINUTE);

describe('a low that is predicted of a sensor', () => {
  it('says what the newest reading is, what is predicted and how probable that is', () => {
    const { holds } = after(course(FALLING));
    const finding = holds['glucose-low-soon']!;
    expect(finding.words).toBe(
      `Glucose 73 mg/dL, predicted below 70 mg/dL within 30 min, probability ${finding.weight.toFixed(2)}`,
    );
    expect(finding).toMatchObject({ rank: 2, limitName: 'probability', unit: '1', comparison: 'at-or-above' });
    expect(finding.notes).toEqual([
      'score and contributions are log-odds; readings between the cited ones are used too',
    ]);
    expect(finding.weight).toBeGreaterThanOrEqual(finding.limit);
    const ahead = holds['glucose-low-ahead']!;
    expect(ahead.words).toMatch(/^Glucose 73 mg\/dL, predicted below 70 mg\/dL within 30 min, probability 0\.\d\d$/);
    expect(ahead.notes).toEqual([
      'probability of the distribution of glucose-forecast; readings between the cited ones are used too',
    ]);
    expect(ahead).not.toHaveProperty('score');
  });

  it('is named though there are too few readings for a forecast, once it is there for five minutes', () => {
    expect(after(course(LOW.slice(0, 1))).holds).toEqual({});
    const { holds } = after(course(LOW));
    const words = 'Glucose 65 mg/dL, already low; too few readings for a forecast';
    expect(holds['glucose-low-soon']).toMatchObject({ words, weight: 1 });
    expect(holds['glucose-low-ahead']).toMatchObject({ words, weight: 1 });
    expect(holds).not.toHaveProperty('glucose-urgent-low-soon');
    // At 55 mg/dL it is an urgent one too.
    expect(Object.keys(after(course([55, 55])).holds)).toEqual(expect.arrayContaining(['glucose-urgent-low-soon']));
    expect(Object.keys(after(course([56, 56])).holds)).not.toEqual(expect.arrayContaining(['glucose-urgent-low-soon']));
    expect(after(course([70, 70])).holds).toEqual({});
  });

  it('counts one severity lower while its newest reading is doubtful', () => {
    const doubtful = after([...course(LOW.slice(0, 1)), reading(5, 65, { quality: 1 })]);
    expect(doubtful.holds['glucose-low-soon']!.rank).toBe(1);
    expect(after(course(LOW)).holds['glucose-low-soon']!.rank).toBe(2);
  });

  it('is confirmed by a good reading that shows or predicts it, not by one that is back', () => {
    const [doubtful, good] = [{ quality: 1 }, {}] as const;
    const rankAfter = (readings: readonly (readonly [number, Partial<Cited>])[]): number | undefined =>
      after([...course(Array<number>(8).fill(110)), ...readings.map(([x, over], i) => reading(40 + 5 * i, x, over))])
        .holds['glucose-urgent-low-soon']?.rank;
    expect(rankAfter([[62, doubtful]])).toBe(2);
    const back = [62, 110] as const;
    expect(rankAfter(back.map((x, i) => [x, i === 0 ? doubtful : good]))).toBe(2);
    expect(rankAfter([[62, doubtful], ...[110, 110].map((x) => [x, good] as const)])).toBe(2);
    expect(
      rankAfter([
        [62, doubtful],
        [50, good],
      ]),
    ).toBe(3);
    // What a good one has shown is not less for doubtful ones that follow.
    expect(
      rankAfter([
        [62, good],
        [62, doubtful],
      ]),
    ).toBe(3);
  });

  it('does not call low what has come back after a pause too long for a forecast', () => {
    const { holds } = after([...course(LOW), reading(40, 110)]);
    expect(holds['glucose-low-soon']!.words).toBe('Glucose 110 mg/dL, too few readings for a forecast');
  });

  it('cites the newest reading and those before it some ten minutes apart, of half an hour', () => {
    expect(minutesOf(sensorsOf(after(course(FALLING)))['sensor']!.cites)).toEqual([30, 40, 50, 60]);
    expect(minutesOf(sensorsOf(after(course(FALLING.slice(0, 2))))['sensor']!.cites)).toEqual([0, 5]);
    expect(minutesOf(sensorsOf(after([reading(0, 100), reading(9, 100), reading(18, 100)]))['sensor']!.cites)).toEqual([
      0, 9, 18,
    ]);
    expect(minutesOf(sensorsOf(after([reading(0, 100), reading(36, 100)]))['sensor']!.cites)).toEqual([0, 36]);
    expect(minutesOf(sensorsOf(after([reading(0, 100), reading(37, 100)]))['sensor']!.cites)).toEqual([37]);
  });

  it('changes nothing with a reading that is not newer', () => {
    const before = after(course(LOW));
    const again = after([reading(5, 40)], before.memory);
    expect(again.memory).toBe(before.memory);
    expect(again.holds).toEqual(before.holds);
  });

  it('begins anew after an hour without readings', () => {
    const before = after(course(LOW));
    expect(after([reading(65, 65)], before.memory).holds).toHaveProperty('glucose-low-ahead');
    expect(after([reading(66, 65)], before.memory).holds).toEqual({});
  });

  it('remembers of the distribution only what is low, or was emitted', () => {
    expect(sensorsOf(after(course([120, 120])))['sensor']).not.toHaveProperty('ahead');
    expect(Object.keys(sensorsOf(after(course(LOW.slice(0, 1))))['sensor']!.ahead!)).toEqual(['low']);
    expect(Object.keys(sensorsOf(after(course([55])))['sensor']!.ahead!)).toEqual(['low', 'urgentLow']);
  });
});

describe('several sensors', () => {
  const other = { source: 'other' };

  it('are judged each by itself, whatever they are called', () => {
    const { memory, holds } = after([...course([120]), ...course(LOW, 1, { source: 'constructor' })]);
    expect(Object.keys(memory as object).sort()).toEqual(['constructor', 'sensor']);
    expect(holds['glucose-low-soon']!.cites.at(-1)!.source).toBe('constructor');
  });

  it('show the worst that one of them finds: by severity, then by probability', () => {
    const doubtful = { ...other, quality: 1 } as const;
    const both = after([...course(LOW), ...course(LOW, 1, doubtful)]);
    expect(both.holds['glucose-low-soon']!.cites.at(-1)!.source).toBe('sensor');
    const turned = after([...course(LOW, 0, { quality: 1 }), ...course(LOW, 1, other)]);
    expect(turned.holds['glucose-low-soon']!.cites.at(-1)!.source).toBe('other');
    // A low that is there is surer than one that is predicted.
    const surer = after([...course(FALLING), ...course(LOW, 61, other)]);
    expect(surer.holds['glucose-low-soon']!.cites.at(-1)!.source).toBe('other');
    // Of two that are the same the first known.
    const same = after([...course(LOW), ...course(LOW, 1, other)]);
    expect(same.holds['glucose-low-soon']!.cites.at(-1)!.source).toBe('sensor');
  });

  it('no longer count after an hour of silence', () => {
    const before = after(course(LOW));
    expect(after([reading(65, 120, other)], before.memory).holds).toHaveProperty('glucose-low-soon');
    expect(after([reading(66, 120, other)], before.memory).holds).toEqual({});
  });

  it('are three at most: the one that is silent for longest makes room', () => {
    const named = (source: string, minute: number) => reading(minute, 100, { source });
    const three = after([named('a', 2), named('b', 1), named('c', 3)]);
    expect(Object.keys(sensorsOf(three)).sort()).toEqual(['a', 'b', 'c']);
    expect(Object.keys(sensorsOf(after([named('d', 4)], three.memory))).sort()).toEqual(['a', 'c', 'd']);
  });
});

describe('the memory of predicted lows as it is stored', () => {
  it('has every cited measurement in the other form, and nothing else changed', () => {
    const { memory } = after(course(LOW));
    const form = ({ identity }: Cited): string => `cited ${identity}`;
    const stored = LOW_SOON_DETECTOR.mapCited!(memory, form) as Sensors;
    expect(stored['sensor']!.cites).toEqual(['cited value-0', 'cited value-5']);
    expect(stored['sensor']).toMatchObject({
      findings: { 'glucose-low-soon': { weight: 1, cites: ['cited value-0', 'cited value-5'] } },
    });
    expect(LOW_SOON_DETECTOR.mapCited!(memory, (one: Cited) => one)).toEqual(memory);
    expect(LOW_SOON_DETECTOR.warmUpMs).toBe(2 * HOUR);
  });
});
