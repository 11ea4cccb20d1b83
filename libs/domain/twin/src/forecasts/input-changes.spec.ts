import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, T0 } from '#libs/testing/ward';
import type { Change } from '../state/draft.js';
import type { Judgement, StoredMeasurement } from '../state/twin-port.js';
import { inputsOf } from './input-changes.js';

const VALUE: StoredMeasurement = {
  identity: 'a',
  version: 1,
  hash: '1',
  code: GLUCOSE,
  t: T0,
  x: 100,
  quality: 0,
  sourced: false,
  source: 'gateway',
  device: '',
  receivedAt: T0 + MINUTE,
  retracted: false,
};
const INPUT = {
  identity: 'a',
  code: GLUCOSE,
  t: T0,
  x: 100,
  quality: 0,
  source: 'gateway',
  isWithdrawn: false,
  revised: false,
};
const WITHDRAWN = { ...INPUT, quality: 2, isWithdrawn: true, revised: true };
const REPLACED = { version: 1, code: GLUCOSE, t: T0, judgedAt: T0, retracted: false, lasts: 0 };

const isRead = (code: number): boolean => code === GLUCOSE || code === HEART_RATE;

function inputs(measurements: readonly Change[], judgements: readonly Judgement[] = [], stored = [VALUE]) {
  const memory = {
    identity: () => undefined,
    former: () => [],
    window: (code: number, from: number, until = Infinity) =>
      stored.filter((one) => one.code === code && one.t >= from && one.t <= until),
  };
  return inputsOf({ measurements: [...measurements], judgements: [...judgements], memory }, isRead);
}

describe('what a version is to models', () => {
  it.each<[string, Partial<Change>, object | undefined]>([
    ['a new value is an input', {}, INPUT],
    ['its device is its sensor', { device: 'Device/cgm-2' }, { ...INPUT, source: 'Device/cgm-2' }],
    ['a doubtful one too', { quality: 1 }, { ...INPUT, quality: 1 }],
    [
      'with the quality that the signal checks gave it',
      { judged: { quality: 1, reasons: [] } },
      { ...INPUT, quality: 1 },
    ],
    ['at the time at which it is judged', { clockShift: MINUTE }, { ...INPUT, t: T0 - MINUTE }],
    ['a bad one is none', { quality: 2 }, undefined],
    ['one that was judged bad is none', { judged: { quality: 2, reasons: [] } }, undefined],
    ['one that was judged better is one', { quality: 2, judged: { quality: 0, reasons: [] } }, INPUT],
    ['a bound is none', { comparator: '<' }, undefined],
    ['a series is none', { series: [1, 2] }, undefined],
    ['what is ahead of its receipt is none', { t: T0 + 48 * HOUR }, undefined],
    ['a withdrawal of what was no input is none', { retracted: true }, undefined],
    ['of a measure that no model reads is none', { code: OXYGEN }, undefined],
    ['a correction revises', { x: 90, replaces: REPLACED }, { ...INPUT, x: 90, revised: true }],
    ['a correction of what was not judged is new', { replaces: { ...REPLACED, judgedAt: null } }, INPUT],
    [
      'a withdrawal is one, at the time of what it withdraws',
      { t: T0 + 1, retracted: true, replaces: REPLACED },
      WITHDRAWN,
    ],
    ['a correction to a bad value withdraws', { quality: 2, replaces: REPLACED }, WITHDRAWN],
    ['a correction to a bound withdraws', { comparator: '<', replaces: REPLACED }, WITHDRAWN],
    [
      'a withdrawal of what was not judged is none',
      { retracted: true, replaces: { ...REPLACED, judgedAt: null } },
      undefined,
    ],
  ])('%s', (_, over, expected) => {
    expect(inputs([{ ...VALUE, ...over }])).toEqual(expected === undefined ? [] : [expected]);
  });

  it('is a withdrawal without a value where it never had one', () => {
    const { x: _, ...series } = { ...VALUE, series: [1, 2], replaces: REPLACED };
    expect(inputs([series])).toEqual([{ ...WITHDRAWN, x: 0 }]);
  });

  it('is withdrawn from one measure and new to another where its measure is corrected', () => {
    const moved: Change = { ...VALUE, code: HEART_RATE, replaces: REPLACED };
    const gone = { ...WITHDRAWN, code: GLUCOSE };
    expect(inputs([moved])).toEqual([{ ...INPUT, code: HEART_RATE }, gone]);
    expect(inputs([{ ...moved, code: OXYGEN }])).toEqual([gone]);
    expect(inputs([{ ...moved, replaces: { ...REPLACED, code: OXYGEN } }])).toEqual([{ ...INPUT, code: HEART_RATE }]);
    expect(inputs([{ ...moved, replaces: { ...REPLACED, judgedAt: null } }])).toEqual([{ ...INPUT, code: HEART_RATE }]);
    expect(inputs([{ ...moved, retracted: true }])).toEqual([gone]);
  });
});

describe('a stored value that is judged otherwise', () => {
  const judgement: Judgement = { identity: 'a', version: 1, code: GLUCOSE, t: T0, quality: 1, reasons: [] };

  it('is an input that revises, or is withdrawn where it is bad now', () => {
    expect(inputs([], [judgement])).toEqual([{ ...INPUT, quality: 1, revised: true }]);
    expect(inputs([], [{ ...judgement, quality: 2 }])).toEqual([{ ...WITHDRAWN }]);
  });

  it.each<[string, Partial<Judgement>, Partial<StoredMeasurement>]>([
    ['of another version', { version: 2 }, {}],
    ['of another identity', { identity: 'b' }, {}],
    ['of a measure that no model reads', { code: OXYGEN }, { code: OXYGEN }],
    ['that is only a bound', {}, { comparator: '<' }],
    ['that is ahead of its receipt', {}, { receivedAt: T0 - 48 * HOUR }],
  ])('is none %s', (_, over, stored) => {
    expect(inputs([], [{ ...judgement, ...over }], [{ ...VALUE, ...stored }])).toEqual([]);
  });
});

describe('the inputs of a record', () => {
  const value = (identity: string, t: number, code: number, x: number): Change => ({ ...VALUE, identity, t, code, x });

  it('come in order of time, then of measure, value and identity', () => {
    const all = [
      value('f', T0 + 1, HEART_RATE, 1),
      value('e', T0, GLUCOSE, 2),
      value('d', T0, GLUCOSE, 1),
      value('b', T0, HEART_RATE, 9),
      value('c', T0, GLUCOSE, 1),
      value('c', T0, GLUCOSE, 1),
    ];
    const order = ['b', 'c', 'c', 'd', 'e', 'f'];
    expect(inputs(all).map(({ identity }) => identity)).toEqual(order);
    expect(inputs(all.toReversed()).map(({ identity }) => identity)).toEqual(order);
  });
});
