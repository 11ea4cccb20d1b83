import { describe, expect, it } from '@jest/globals';
import type { PatientInput, TickRecord, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, HOUR, MINUTE, series, T0, Ward } from '#libs/testing/ward';
import { apply, createMemory, initialTwin, reapply, type Applied } from './index.js';

const HEAD = { v: 1, tenant: 1, patient: 'p1' } as const;
const tick = (over: Partial<TickRecord> = {}, receivedAt = T0): PatientInput => ({
  ...HEAD,
  kind: 'tick',
  receivedAt,
  ...over,
});
const samples = (all: readonly WireSample[], receivedAt = T0): PatientInput => ({
  ...HEAD,
  kind: 'samples',
  receivedAt,
  source: 'gateway',
  device: '',
  samples: all,
});

describe('a tick', () => {
  it('says since when its server listens, once', () => {
    const ward = new Ward();
    ward.take(tick());
    expect(ward.state).not.toHaveProperty('listeningSince');
    const { version } = ward.take(tick({ listeningSince: T0 })).state;
    expect(ward.state.listeningSince).toBe(T0);
    expect(version).toBe(1);
    // The same, or one of before, is no news.
    ward.take(tick({ listeningSince: T0 }));
    ward.take(tick({ listeningSince: T0 - 1 }));
    expect(ward.state).toMatchObject({ listeningSince: T0, version: 1 });
    ward.take(tick({ listeningSince: T0 + 1 }));
    expect(ward.state).toMatchObject({ listeningSince: T0 + 1, version: 2 });
  });

  it('reports an outage', () => {
    const ward = new Ward();
    const outage = { components: ['wearable-gateway'], from: T0 - HOUR };
    const outcome = ward.take(tick({ outage }));
    expect(outcome.transitions.map(({ rule }) => rule)).toEqual(['system-outage']);
    expect(new Ward().take(tick()).transitions).toEqual([]);
  });

  it('changes nothing of a twin in which nothing waits', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, 5 * MINUTE, [100, 101, 102]));
    const before = ward.state;
    const { counts, state } = ward.take(tick({}, T0 + 11 * MINUTE));
    expect(state).toBe(before);
    expect(counts.applied).toBe(0);
  });
});

describe('a record for which something must be known first', () => {
  const identified = { c: GLUCOSE, t: T0, x: 100, i: 'own' };

  it('asks for the versions of what its sender names, and applies nothing', () => {
    const state = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');
    const needs = apply(DEFAULT_CATALOGUE, state, samples([identified]), createMemory());
    expect(needs).toEqual({ kind: 'needs', identities: [expect.any(String)], windows: [] });
  });

  it('asks for the values around what is late', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, 5 * MINUTE, [100, 101, 102]));
    const late = samples([{ c: GLUCOSE, t: T0 + MINUTE, x: 100 }], T0 + HOUR);
    const memory = createMemory();
    const first = apply(DEFAULT_CATALOGUE, ward.state, late, memory);
    const identities = first.kind === 'needs' ? first.identities : [];
    memory.load({ identities: identities.map((identity) => ({ identity, stored: null })), windows: [] });
    expect(apply(DEFAULT_CATALOGUE, ward.state, late, memory)).toEqual({
      kind: 'needs',
      identities: [],
      windows: [expect.objectContaining({ code: GLUCOSE })],
    });
  });
});

describe('samples that are stored already', () => {
  it('keep the identity under which they are stored, and end in the same twin', () => {
    const given = series(GLUCOSE, T0, 5 * MINUTE, [100, 60, 61]).map((one, i) => ({ ...one, i: `own-${i}` }));
    const ward = new Ward();
    ward.send(given, T0 + HOUR);
    // The sender's own identifiers are not kept.
    const anonymous = given.map((one): WireSample => {
      const { i: _, ...rest } = one;
      return rest;
    });
    const known = [...ward.stored.values()].sort((a, b) => a.t - b.t).map(({ identity }) => identity);
    const identities = new Map(anonymous.map((one, i) => [one, known[i]!]));
    const record = samples(anonymous, T0 + HOUR);
    const memory = createMemory();
    const state = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');
    let again = reapply(DEFAULT_CATALOGUE, state, record, memory, identities);
    if (again.kind === 'needs') {
      memory.load({ identities: again.identities.map((identity) => ({ identity, stored: null })), windows: [] });
      again = reapply(DEFAULT_CATALOGUE, state, record, memory, identities);
    }
    const applied = again as Applied;
    expect(applied.measurements.map(({ identity }) => identity)).toEqual(known);
    expect(applied.state.measures[GLUCOSE]!.latest).toEqual(ward.state.measures[GLUCOSE]!.latest);
    expect(applied.state.heard).toBe(T0 + HOUR);
    expect(applied.state.rules['glucose-low']!.episodes.map(({ start }) => start)).toEqual([T0 + 5 * MINUTE]);
  });
});
