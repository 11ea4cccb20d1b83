import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { MINUTE, Ward } from '#libs/testing/ward';
import { apply, createMemory, viewOf, type TwinState } from '../index.js';
import type { MemoryFormat } from '../rules/memory-format.js';
import { namedVersions, withKnownMemories } from './memory-versions.js';
import { STORIES } from '../fixtures/stories.fixture.js';

const FORMATS = DEFAULT_CATALOGUE.memories;
const RR = 'detector:rr-rhythm';
const fibrillation = STORIES.find(({ name }) => name === 'fibrillation')!;

function inFibrillation(): Ward {
  const ward = new Ward();
  for (const record of fibrillation.before) ward.take(record);
  ward.outcomes.length = 0;
  return ward;
}

function formats(name: string, format: MemoryFormat): Readonly<Record<string, MemoryFormat>> {
  return { ...FORMATS, [name]: format };
}

describe('versions of single memories', () => {
  it('are all 1 in a twin that names none, and such a twin stays as it is', () => {
    expect(namedVersions(FORMATS)).toBeUndefined();
    const { state } = inFibrillation();
    expect(state).not.toHaveProperty('memories');
    expect(withKnownMemories(state, FORMATS)).toBe(state);
  });

  it('bring an older memory up by its own steps, at every time that is kept, and nothing else', () => {
    const { state } = inFibrillation();
    const upcasters = {
      1: (memory: unknown) => ({ ...(memory as object), two: true }),
      2: (memory: unknown) => ({ of: memory }),
    };
    const next = withKnownMemories(state, formats(RR, { version: 3, upcasters }));
    const { 'rr-rhythm': before, ...others } = state.detectors;
    const { 'rr-rhythm': after, ...same } = next.detectors;
    expect(same).toEqual(others);
    expect(after!.now).toEqual({ ...before!.now, memory: { of: { ...(before!.now!.memory as object), two: true } } });
    expect(after!.machines).toHaveLength(before!.machines.length);
    expect(next.memories).toEqual({ [RR]: 3 });
    expect(next.warmingUp).toBeUndefined();
    expect(next.rules).toBe(state.rules);
  });

  it.each<[string, TwinState['memories'], MemoryFormat]>([
    ['older, and there is no step', undefined, { version: 2 }],
    ['of the future', { [RR]: 9 }, { version: 1 }],
  ])('begin anew when theirs is %s; the detector says so, and the others go on', (_, memories, format) => {
    const { state } = inFibrillation();
    const next = withKnownMemories({ ...state, ...(memories && { memories }) }, formats(RR, format));
    expect(next.detectors['rr-rhythm']!.now!.memory).toBeNull();
    expect(next.detectors['rr-rhythm']!.now!.open).toEqual(state.detectors['rr-rhythm']!.now!.open);
    expect(next.warmingUp).toEqual({ 'rr-rhythm': state.asOf });
    expect(next.memories).toEqual(format.version === 1 ? undefined : { [RR]: format.version });
    for (const part of ['checks', 'derived', 'rules', 'measures'] as const) expect(next[part]).toEqual(state[part]);
    expect(viewOf(DEFAULT_CATALOGUE, next, state.heard).refusals).toContainEqual({
      rule: 'atrial-fibrillation',
      reason: 'warming-up',
    });
  });

  it('are those of derived measures, signal checks and models too: brought up by their own steps, or begun anew', () => {
    const { state: whole } = inFibrillation();
    const kept = { now: {}, grid: [], machines: [] };
    const models = {
      trend: { memory: 7, outputs: { 9: { issuedAt: 1, at: 2 } } },
      none: { memory: null, outputs: {} },
    };
    const state: TwinState = {
      ...whole,
      derived: { course: 7, other: 8 },
      checks: { 1: kept },
      forecasting: { models },
    };
    const next = (name: string, format: MemoryFormat) => withKnownMemories(state, { [name]: format });
    const step = { version: 2, upcasters: { 1: (memory: unknown) => ({ of: memory }) } };
    expect(next('derived:course', step).derived).toEqual({ course: { of: 7 }, other: 8 });
    expect(next('derived:course', { version: 2 }).derived).toEqual({ other: 8 });
    expect(next('derived:unknown', step).derived).toEqual(state.derived);
    expect(next('checks', step).checks).toEqual(state.checks);
    expect(next('checks', { version: 2 }).checks).toEqual({});
    expect(next('checks', { version: 2 }).warmingUp).toBeUndefined();
    expect(next('forecaster:trend', step).forecasting!.models).toEqual({
      ...models,
      trend: { ...models.trend, memory: { of: 7 } },
    });
    expect(next('forecaster:trend', { version: 2 }).forecasting!.models).toEqual({
      ...models,
      trend: { ...models.trend, memory: null },
    });
    // A step is never given a memory that is none.
    expect(next('forecaster:none', step).forecasting).toEqual(state.forecasting);
    expect(next('forecaster:unknown', step).forecasting).toEqual(state.forecasting);
    expect(withKnownMemories(whole, { 'forecaster:trend': step })).not.toHaveProperty('forecasting');
    expect(next('detector:unknown', step).detectors).toEqual(state.detectors);
  });

  it('of a twin without values begin anew, and have nothing to wait for', () => {
    const detectors = { 'rr-rhythm': { now: null, grid: [], machines: [] } };
    const empty: TwinState = { ...inFibrillation().state, asOf: null, detectors };
    const next = withKnownMemories(empty, { [RR]: { version: 2 } });
    expect(next.detectors).toEqual(detectors);
    expect(next.warmingUp).toBeUndefined();
  });

  it('leave an open alert open until the detector has seen enough to end it, and then it ends', () => {
    const ward = inFibrillation();
    ward.state = withKnownMemories({ ...ward.state, memories: { [RR]: 9 } }, FORMATS);
    const opened = ward.state.asOf!;
    const ends = (): number | undefined => {
      const index = ward.outcomes.findIndex(({ transitions }) => transitions.some(({ closed }) => closed));
      return index === -1 ? undefined : ward.outcomes[index]!.state.asOf!;
    };
    for (const record of fibrillation.after) ward.take(record);
    let t = ward.state.asOf!;
    expect(ward.state.warmingUp).toBeDefined();
    expect(ends()).toBeUndefined();
    for (let n = 0; n < 200; n++) {
      t += 8_000;
      ward.send(
        [{ c: 2, t, s: Array.from({ length: 10 }, (_, i) => 800 + ((n + i) % 3) * 4), d: 'monitor' }],
        t + 10_000,
      );
    }
    expect(ward.state.warmingUp).toBeUndefined();
    expect(ends()! - opened).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(
      ward
        .alerts()
        .filter(({ rule }) => rule.id === 'atrial-fibrillation')
        .map(({ transition }) => transition),
    ).toEqual(['resolved']);
  });

  it('drop derived memories and signal checks alone; a memory that nobody here owns stays for its owner', () => {
    const { state } = inFibrillation();
    const foreign = {
      ...state,
      memories: { 'detector:later': 4 },
      derived: { ...state.derived, 'heart-rate-variability': [[1, 2]] },
    };
    const next = withKnownMemories(foreign, {
      ...FORMATS,
      'derived:heart-rate-variability': { version: 2 },
      checks: { version: 2 },
    });
    expect(next.derived).not.toHaveProperty('heart-rate-variability');
    expect(next.checks).toEqual({});
    expect(next.detectors).toBe(state.detectors);
    expect(next.memories).toEqual({ 'detector:later': 4, 'derived:heart-rate-variability': 2, checks: 2 });
    const outcome = apply(
      DEFAULT_CATALOGUE,
      next,
      { v: 1, kind: 'tick', tenant: 1, patient: 'p1', receivedAt: next.heard + 24 * 60 * MINUTE },
      createMemory(),
    );
    expect(outcome.kind === 'applied' && outcome.state.memories).toEqual(next.memories);
  });
});
