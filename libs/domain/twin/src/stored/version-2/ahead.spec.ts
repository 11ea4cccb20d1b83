import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import { VITALS_PACK } from '#libs/domain/packs';
import { catalogueOf } from '../../rules/catalogue.js';
import type { DerivedMeasure } from '../../rules/derived.js';
import type { Detector, Lateness } from '../../rules/rule.js';
import type { StoredCited } from '../../state/cited.js';
import { initialTwin } from '../../state/initial-twin.js';
import type { Kept } from '../../state/machine-state.js';
import { fold, machineBefore, NOTHING_KEPT } from '../../time/fold.js';
import { gridTimes } from '../../time/grid.js';
import { withoutAhead } from './ahead.js';
import type { StoredState } from '../twin-codec.js';

function detector(id: string, codes: readonly number[], late: Lateness): Detector {
  return { id, codes, rules: [], late, step: (memory) => ({ memory, holds: {} }) };
}

const FOLDED = {
  kind: 'folded',
  title: 'Course',
  unit: '1',
  step: () => null,
  rewind: () => ({ memory: null, from: 0 }),
  read: () => ({ value: 0 }),
} as const;

const CATALOGUE = catalogueOf([
  {
    ...VITALS_PACK,
    detectors: [
      detector('course', [GLUCOSE], 'refold'),
      detector('idle', [GLUCOSE], 'refold'),
      detector('heart', [HEART_RATE], 'refold'),
      detector('score', [HEART_RATE, GLUCOSE], 'as-it-comes'),
      detector('other-score', [HEART_RATE], 'as-it-comes'),
    ],
    derived: [
      { ...FOLDED, name: 'of-glucose', of: ['glucose'], code: GLUCOSE },
      { ...FOLDED, name: 'of-heart-rate', of: ['heart-rate'], code: HEART_RATE },
      { kind: 'latest', name: 'latest', title: 'Latest', unit: '1', of: ['glucose'], read: () => ({ value: 0 }) },
    ] satisfies DerivedMeasure[],
  },
]);

const IDLE = { ...NOTHING_KEPT, episodes: [], count: 0, floor: null };

const HEARD = T0;
/** Newest glucose, of a clock that was five hours ahead. */
const AHEAD = T0 + 5 * HOUR;

const cited = (t: number, code: number): StoredCited => [`${code}-${t}`, 1, t, 100, 0, 'gateway', code];
const atReceipt = (t: number, code: number): StoredCited => [
  `${code}-${t}`,
  1,
  HEARD,
  100,
  0,
  'gateway',
  code,
  [],
  null,
  t - HEARD,
];

/** Machines kept along a course whose newest value is at `newest`; each is named by the time from which it holds. */
function keptUntil<M>(newest: number, machineAt: (t: number) => M): Kept<M> {
  const samples = [30, 7, 1.5, 0.25, 0].map((hours) => newest - hours * HOUR);
  const start = { machine: null, from: null, before: NOTHING_KEPT, beforeNewest: null };
  return fold<M, number>(
    (_, t) => machineAt(t),
    (t) => t,
    start,
    samples,
    newest,
  );
}

function twin(over: Partial<StoredState>): StoredState {
  const measures = {
    [GLUCOSE]: { t: AHEAD, latest: cited(AHEAD, GLUCOSE), sent: 0, receivedAt: T0 },
    [HEART_RATE]: { t: T0 - MINUTE, latest: cited(T0 - MINUTE, HEART_RATE), sent: 0, receivedAt: T0 },
  } as const;
  return {
    ...(initialTwin(CATALOGUE, 1, 'p1') as unknown as StoredState),
    heard: HEARD,
    asOf: AHEAD,
    measures,
    ...over,
  };
}

type RuleMachine = NonNullable<StoredState['rules'][string]['now']>;

const ended = (t: number): RuleMachine => ({
  tiers: [{ on: 0, run: null, clear: { from: t, n: 1 } }],
  open: null,
});

describe('a twin of version 2 with values ahead of the log', () => {
  it('is left as it is when it has none', () => {
    const { [HEART_RATE]: heartRate } = twin({}).measures;
    const own = twin({ measures: { [HEART_RATE]: { ...heartRate!, t: HEARD } } });
    expect(withoutAhead(CATALOGUE, own)).toBe(own);
  });

  it('has measured them when they were received; others stay', () => {
    const before = twin({});
    const saturation = { t: AHEAD, latest: cited(T0 - MINUTE, OXYGEN), sent: 0, receivedAt: T0 } as const;
    const withdrawn = { t: AHEAD, latest: null, sent: 0, receivedAt: T0 } as const;
    const after = withoutAhead(CATALOGUE, {
      ...before,
      measures: { ...before.measures, [OXYGEN]: saturation, 4: withdrawn },
    });
    expect(after.asOf).toBe(HEARD);
    expect(after.measures).toEqual({
      [GLUCOSE]: { ...before.measures[GLUCOSE], t: HEARD, latest: atReceipt(AHEAD, GLUCOSE) },
      [HEART_RATE]: before.measures[HEART_RATE],
      [OXYGEN]: { ...saturation, t: HEARD },
      4: { ...withdrawn, t: HEARD },
    });
  });

  it('lays kept machines out anew: at each time the one kept nearest before it', () => {
    const [glucose, heartRate] = [
      keptUntil(AHEAD, (t) => ({ [t]: {} as never })),
      keptUntil(T0 - MINUTE, (t) => ({ [t]: {} as never })),
    ];
    const checks = { [GLUCOSE]: glucose, [HEART_RATE]: heartRate, [OXYGEN]: NOTHING_KEPT };
    const after = withoutAhead(CATALOGUE, twin({ checks }));
    expect(after.checks[HEART_RATE]).toBe(heartRate);
    expect(after.checks[OXYGEN]).toBe(NOTHING_KEPT);
    const kept = after.checks[GLUCOSE]!;
    expect([kept.now, kept.machines]).toEqual([glucose.now, glucose.machines]);
    const [oldest] = gridTimes(AHEAD);
    const times = gridTimes(HEARD).filter((time) => time >= oldest!);
    expect(times.length).toBeGreaterThan(4);
    for (const time of times)
      expect(machineBefore(kept, HEARD, time).machine).toEqual(machineBefore(glucose, AHEAD, time).machine);
    // Of what is older than all that was kept nothing is known.
    expect(kept.grid.slice(0, gridTimes(HEARD).length - times.length)).toEqual([-1]);
  });

  it('does so for rules over the measure, and leaves the others and those without a grid', () => {
    const own: StoredState['rules'][string] = { ...IDLE, ...keptUntil(AHEAD, ended) };
    const rules = {
      'heart-rate-high': own,
      'oxygen-saturation-low': own,
      'no-data': own,
      'heart-rate-low': IDLE,
    };
    const heartRate = { t: AHEAD, latest: null, sent: 0, receivedAt: T0 } as const;
    const after = withoutAhead(CATALOGUE, twin({ rules, measures: { [HEART_RATE]: heartRate } }));
    expect(after.rules['heart-rate-high']!.grid).not.toEqual(own.grid);
    expect(after.rules['heart-rate-high']!.grid).toHaveLength(gridTimes(HEARD).length);
    expect(after.rules['oxygen-saturation-low']).toBe(own);
    expect(after.rules['no-data']).toBe(own);
    expect(after.rules['heart-rate-low']).toEqual(IDLE);
  });

  it('begins folds over the measure anew, keeps what is open, and says which detectors warm up', () => {
    const open = { rule: {} as never };
    const kept = { now: { memory: 'known', open }, grid: [0], machines: [{ memory: 'before', open }] };
    const idle = { now: null, grid: [0], machines: [{ memory: 'before', open }] };
    const detectors = { course: kept, idle, heart: kept };
    const derived = { 'of-glucose': 'known', 'of-heart-rate': 'known', latest: 'known', foreign: 'known' };
    const after = withoutAhead(CATALOGUE, twin({ detectors, derived }));
    expect(after.detectors).toEqual({
      course: { now: { memory: null, open }, grid: [], machines: [] },
      idle: { now: null, grid: [], machines: [] },
      heart: kept,
    });
    expect(after.warmingUp).toEqual({ course: HEARD, idle: HEARD });
    expect(after.derived).toEqual({ 'of-heart-rate': 'known', latest: 'known', foreign: 'known' });
  });

  it('names no detector that warms up where none does', () => {
    const kept = { now: { memory: 'known', open: {} }, grid: [], machines: [] };
    const after = withoutAhead(CATALOGUE, twin({ detectors: { heart: kept } }));
    expect(after.detectors).toEqual({ heart: kept });
    expect(after).not.toHaveProperty('warmingUp');
  });

  it('has the inputs of a score measured when they were received, and cuts courses there', () => {
    const memory = {
      other: 1,
      inputs: { 9: cited(AHEAD, GLUCOSE), 1: cited(HEARD, HEART_RATE) },
      state: {
        glucose: [[HEARD - MINUTE, 1], [HEARD, 2], [HEARD + 1, 3], 'no pair'],
        count: 4,
      },
    };
    const score = { now: { memory, open: {} }, grid: [], machines: [] };
    const after = withoutAhead(CATALOGUE, twin({ detectors: { score, 'other-score': score } }));
    expect(after.detectors['score']!.now!.memory).toEqual({
      other: 1,
      inputs: { 9: atReceipt(AHEAD, GLUCOSE), 1: cited(HEARD, HEART_RATE) },
      state: {
        glucose: [[HEARD - MINUTE, 1], [HEARD, 2], 'no pair'],
        count: 4,
      },
    });
    expect(after.detectors['other-score']).toBe(score);
    expect(after).not.toHaveProperty('warmingUp');
  });

  it.each<[string, unknown]>([
    ['none', null],
    ['one without inputs', { counted: 2 }],
    ['one whose inputs are no record', { inputs: [1], state: null }],
  ])('leaves the memory of a score: %s', (_, memory) => {
    const score = { now: { memory, open: {} }, grid: [], machines: [] };
    const idle = { now: null, grid: [], machines: [] };
    expect(withoutAhead(CATALOGUE, twin({ detectors: { score } })).detectors['score']).toEqual(score);
    expect(withoutAhead(CATALOGUE, twin({ detectors: { score: idle } })).detectors['score']).toEqual(idle);
  });
});
