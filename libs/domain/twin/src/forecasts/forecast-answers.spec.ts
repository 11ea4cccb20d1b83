import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { PACKS } from '#libs/domain/packs';
import { refuse, type Forecaster, type ForecastOutput, type ModelForecast } from '#libs/domain/forecasting';
import { GLUCOSE, HEART_RATE, MINUTE, OXYGEN, T0, TREND, Ward } from '#libs/testing/ward';
import { catalogueOf, type ForecastChange } from '../index.js';

const [OUTPUT] = TREND.outputs as readonly [ForecastOutput];

function glucose(minute: number, x: number, more: Partial<WireSample> = {}): WireSample {
  return { c: GLUCOSE, t: T0 + minute * MINUTE, x, i: `g-${minute}`, ...more };
}
const pulse = (minute: number): WireSample => ({ c: HEART_RATE, t: T0 + minute * MINUTE, x: 80, i: `h-${minute}` });

/** A model of its own name. */
const named = (id: string, over: Partial<Forecaster> = {}): Forecaster => ({
  ...TREND,
  card: { ...TREND.card, id: id as Forecaster['card']['id'] },
  ...over,
});

const wardWith = (...forecasters: readonly Forecaster[]) => new Ward('p1', undefined, catalogueOf(PACKS, forecasters));
const said = (ward: Ward): readonly ForecastChange[] => ward.outcomes.flatMap(({ forecasts }) => forecasts);
const modelsOf = (ward: Ward) =>
  ward.state.forecasting!.models! as Readonly<Record<string, { memory: unknown; outputs: Record<string, object> }>>;

/** A model that answers for this glucose as given, else as the trend does. */
function answering(answers: Readonly<Record<number, Partial<ModelForecast> | null>>, over: Partial<Forecaster> = {}) {
  return named('glucose-forecast', {
    forecast: (memory, output, about) => {
      const { values } = memory as { readonly values: readonly { readonly code: number; readonly x: number }[] };
      const newest = values.findLast(({ code }) => code === GLUCOSE)!.x;
      const told = answers[newest];
      if (told === null) return refuse('stale-data', 'Asked not to.');
      const answer = TREND.forecast(memory, output, about);
      return answer.kind === 'forecast' ? { ...answer, ...told } : answer;
    },
    ...over,
  });
}

describe('a model that reads the memory of another one', () => {
  it('is asked with what that one has taken, and keeps no memory of its own', () => {
    const reader = named('reader', {
      memoryOf: TREND.card.id,
      take: () => {
        throw new Error('it has nothing to take');
      },
    });
    const ward = wardWith(TREND, reader);
    ward.send([glucose(0, 100), glucose(5, 110)]);
    ward.send([glucose(10, 115)]);
    const [first, second] = [TREND.card.id, 'reader'].map((id) => said(ward).filter(({ model }) => model === id));
    expect(second).toHaveLength(2);
    expect(second!.map((one) => ({ ...one, model: TREND.card.id }))).toEqual(first);
    expect(modelsOf(ward)['reader']!.memory).toBeNull();
    expect(modelsOf(ward)[TREND.card.id]!.memory).not.toBeNull();
  });

  it('is given what that one has read from it, which is read once in a record', () => {
    let read = 0;
    const reading = (memory: unknown): unknown => {
      read++;
      return memory;
    };
    const ward = wardWith({ ...TREND, read: reading }, named('reader', { memoryOf: TREND.card.id, read: reading }));
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(said(ward).map(({ kind }) => kind)).toEqual(['forecast', 'forecast']);
    expect(read).toBe(1);
  });

  it('reads it itself where that one had nothing to take', () => {
    let read = 0;
    const first = { ...TREND, reads: [GLUCOSE] };
    const reader = named('reader', {
      memoryOf: TREND.card.id,
      read: (memory) => {
        read++;
        return memory;
      },
    });
    const ward = wardWith(first, reader);
    ward.send([glucose(0, 100), glucose(5, 110)]);
    ward.send([pulse(6)]);
    expect(said(ward).map(({ model }) => model)).toEqual([TREND.card.id, 'reader', 'reader']);
    expect(said(ward).at(-1)).toMatchObject({ kind: 'forecast', issuedAt: T0 + 5 * MINUTE });
    expect(read).toBe(1);
  });

  it('has nothing to read before that one has taken anything', () => {
    const ward = wardWith(
      { ...TREND, reads: [GLUCOSE] },
      named('reader', { memoryOf: TREND.card.id, outputs: [{ ...OUTPUT, code: HEART_RATE }] }),
    );
    ward.send([pulse(0)]);
    expect(said(ward)).toMatchObject([{ model: 'reader', kind: 'refused', reason: 'too-little-data' }]);
  });
});

describe('what a model is asked for', () => {
  it('is its own measures by its own inputs, beside other models', () => {
    const other = named('other', { reads: [OXYGEN], outputs: [{ ...OUTPUT, code: OXYGEN }] });
    const ward = wardWith({ ...TREND, reads: [GLUCOSE] }, other);
    ward.send([glucose(0, 100), glucose(5, 110)]);
    ward.send([{ c: OXYGEN, t: T0 + 6 * MINUTE, x: 97 }]);
    ward.send([{ c: OXYGEN, t: T0 + 7 * MINUTE, x: 96 }]);
    expect(said(ward).map(({ model, code, kind }) => `${model} ${code} ${kind}`)).toEqual([
      `glucose-forecast ${GLUCOSE} forecast`,
      `other ${OXYGEN} refused`,
      `other ${OXYGEN} forecast`,
    ]);
    expect(modelsOf(ward)['other']!.memory).toMatchObject({ values: [{ x: 97 }, { x: 96 }] });
  });

  it('is not a measure that has no value yet, but what nobody measures is', () => {
    const ward = wardWith({ ...TREND, outputs: [{ ...OUTPUT, code: HEART_RATE }] });
    ward.send([glucose(0, 100)]);
    expect(said(ward)).toEqual([]);
    const outcome = { name: 'event', title: 'An event', unit: '1', codes: [GLUCOSE], hours: 1, of: () => 0 };
    const unmeasured = wardWith({ ...TREND, outputs: [{ ...OUTPUT, code: 1001, outcome }] });
    unmeasured.send([glucose(0, 100)]);
    expect(said(unmeasured)).toMatchObject([{ code: 1001, kind: 'refused' }]);
  });

  it('leaves what was said of its other measures', () => {
    const { usesLater: _, ...output } = OUTPUT;
    const ward = wardWith({ ...TREND, outputs: [output, { ...output, code: HEART_RATE }] });
    ward.send([glucose(0, 100), glucose(5, 110)]);
    ward.send([pulse(6), pulse(7)]);
    expect(Object.keys(modelsOf(ward)[TREND.card.id]!.outputs).sort()).toEqual([`${HEART_RATE}`, `${GLUCOSE}`]);
  });
});

describe('what is said of an answer', () => {
  const outputOf = (ward: Ward) => modelsOf(ward)[TREND.card.id]!.outputs[GLUCOSE]!;

  it('names the forecast that it follows, and none after a refusal', () => {
    const ward = wardWith(answering({ 120: null }));
    for (const [minute, x] of [
      [0, 100],
      [5, 110],
      [10, 115],
      [15, 120],
      [20, 125],
      [25, 130],
    ] as const)
      ward.send([glucose(minute, x)]);
    const followed = (minute: number) => ({ issuedAt: T0 + minute * MINUTE, at: T0 + minute * MINUTE + 1000 });
    expect(said(ward).map(({ kind, follows }) => [kind, follows])).toEqual([
      ['refused', null],
      ['forecast', null],
      ['forecast', followed(5)],
      ['refused', followed(10)],
      ['forecast', null],
      ['forecast', followed(20)],
    ]);
  });

  it('says of a refusal when and why, and remembers the last forecast', () => {
    const ward = wardWith(answering({ 120: null }));
    ward.send([glucose(0, 100), glucose(5, 110)]);
    ward.send([glucose(10, 120)]);
    expect(said(ward).at(-1)).toEqual({
      kind: 'refused',
      model: TREND.card.id,
      version: TREND.card.version,
      code: GLUCOSE,
      follows: { issuedAt: T0 + 5 * MINUTE, at: T0 + 5 * MINUTE + 1000 },
      issuedAt: T0 + 10 * MINUTE,
      reason: 'stale-data',
      message: 'Asked not to.',
    });
    expect(outputOf(ward)).toEqual({
      issuedAt: T0 + 5 * MINUTE,
      at: T0 + 10 * MINUTE + 1000,
      refused: { reason: 'stale-data', message: 'Asked not to.' },
      scored: { issuedAt: T0 + 5 * MINUTE, at: T0 + 5 * MINUTE + 1000 },
    });
  });

  it.each<[string, Partial<ModelForecast>]>([
    ['a time that is none', { issuedAt: T0 + 0.5 }],
    ['a mean that is none', { points: [{ minutes: 15, mean: Number.NaN, quantiles: {}, baselines: {} }] as never }],
    [
      'a quantile that is none',
      { points: [{ minutes: 15, mean: 1, quantiles: { '0.5': Infinity }, baselines: {} }] as never },
    ],
    [
      'a baseline that is none',
      { points: [{ minutes: 15, mean: 1, quantiles: {}, baselines: { persistence: Number.NaN } }] as never },
    ],
  ])('takes %s for a refusal', (_, answer) => {
    const ward = wardWith(answering({ 110: answer }));
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(said(ward)).toMatchObject([
      { kind: 'refused', reason: 'outside-domain', message: 'The model gave no finite value.' },
    ]);
  });

  it('takes an answer without quantiles and baselines as it is', () => {
    const points = [{ minutes: 15, mean: 1, quantiles: {}, baselines: {} }] as never;
    const ward = wardWith(answering({ 110: { points } }));
    ward.send([glucose(0, 100), glucose(5, 110)]);
    expect(said(ward)).toMatchObject([{ kind: 'forecast', points: [{ mean: 1 }] }]);
  });

  it('is scored again when the distance is reached, by effective time or, for what it rested on, by the log', () => {
    const hourly = { ...TREND, outputs: [{ ...OUTPUT, scoredEveryMs: 60 * MINUTE }] };
    const scoredWith = (...records: readonly (readonly [WireSample, number])[]) => {
      const ward = wardWith(hourly);
      ward.send([glucose(0, 100), glucose(5, 105)], T0 + 5 * MINUTE);
      for (const [sample, minute] of records) ward.send([sample], T0 + minute * MINUTE);
      return said(ward).map((one) => one.kind === 'forecast' && one.scored);
    };
    expect(scoredWith([glucose(64.9, 110), 64.9], [glucose(65, 110), 65])).toEqual([true, false, true]);
    // A correction of what it rested on, when the hour is over by the log's own time.
    expect(scoredWith([glucose(5, 106), 64.9])).toEqual([true, false]);
    expect(scoredWith([glucose(5, 106), 65])).toEqual([true, true]);
    // A late value at the time of issue counts, a later one of another measure does not.
    expect(scoredWith([{ ...glucose(5, 106), i: 'late' }, 65])).toEqual([true, true]);
    expect(scoredWith([pulse(6), 65])).toEqual([true, false]);
  });
});
