import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import type { PatientInput, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HOUR, MINUTE, T0, Ward } from '#libs/testing/ward';
import { viewOf, type TwinState } from './index.js';
import { after, byTime, LEVELS, order, records, reordered, samples, shuffled } from './properties.fixture.js';

describe('arrival', () => {
  it('in any order within the lateness bound ends in the same episodes and measures', () => {
    let episodes = 0;
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 7 }), order, (all, size, keys) => {
        const inOrder = after(records(byTime(all), size));
        const anyOrder = after(records(shuffled(all, keys), size));
        expect(anyOrder.episodes()).toEqual(inOrder.episodes());
        expect(anyOrder.latest()).toEqual(inOrder.latest());
        episodes += inOrder.episodes().length;
      }),
      propertyRuns(80),
    );
    expect(episodes).toBeGreaterThan(metInRuns(150));
  });

  it('in records of any size ends in the same episodes and measures', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 60 }), order, (all, size, keys) => {
        const arrival = shuffled(all, keys);
        const whole = after(records(arrival, Math.max(1, arrival.length)));
        const cut = after(records(arrival, size));
        expect(cut.episodes()).toEqual(whole.episodes());
        expect(cut.latest()).toEqual(whole.latest());
      }),
      propertyRuns(80),
    );
  });

  it('twice changes nothing the second time', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 7 }), order, (all, size, keys) => {
        const log = records(shuffled(all, keys), size);
        const ward = after(log);
        const before = JSON.stringify(ward.state);
        for (const record of log) {
          const { counts, measurements, transitions } = ward.take(record);
          expect({ applied: counts.applied, measurements, transitions }).toEqual({
            applied: 0,
            measurements: [],
            transitions: [],
          });
        }
        expect(JSON.stringify(ward.state)).toBe(before);
      }),
      propertyRuns(80),
    );
  });
});

describe('corrections and withdrawals', () => {
  const edit = fc.record({
    pick: fc.nat(),
    level: fc.nat(6),
    withdraw: fc.boolean(),
    move: fc.integer({ min: -30, max: 30 }),
  });

  it('end in the episodes that the last versions alone give', () => {
    fc.assert(
      fc.property(samples, fc.array(edit, { maxLength: 20 }), order, (all, edits, keys) => {
        const named = all.map((one, i): WireSample => ({ ...one, i: `id-${i}` }));
        const last = new Map(named.map((one) => [one.i!, one]));
        const changes: WireSample[] = [];
        for (const { pick, level, withdraw, move } of named.length === 0 ? [] : edits) {
          const old = last.get(`id-${pick % named.length}`)!;
          // At most an hour in all, so that everything stays within the lateness bound.
          const t = Math.min(T0 + 23.5 * HOUR, Math.max(T0, old.t + move * MINUTE));
          const next: WireSample = withdraw ? { ...old, w: 1 } : { ...old, t, x: LEVELS[old.c]![level]! };
          if (next.w === undefined) delete (next as { w?: 1 }).w;
          changes.push(next);
          last.set(old.i!, next);
        }
        const edited = after(records([...shuffled(named, keys), ...changes], 3));
        const clean = after(records(byTime([...last.values()].filter(({ w }) => w === undefined)), 3));
        expect(edited.episodes()).toEqual(clean.episodes());
      }),
      propertyRuns(80),
    );
  });
});

describe('replay', () => {
  const act = fc.record({ at: fc.nat(), type: fc.constantFrom('acknowledge', 'snooze', 'resolve') });

  /** The same log with acts put in after the alerts they are about. */
  function withActs(log: readonly PatientInput[], acts: readonly { at: number; type: string }[]): PatientInput[] {
    const ward = new Ward();
    for (const record of log) {
      const outcome = ward.take(record);
      for (const [i, { id }] of outcome.transitions.entries()) {
        const chosen = acts.find(({ at }) => at % 7 === i % 7);
        if (chosen === undefined) continue;
        const { episode } = outcome.transitions[i]!;
        const does =
          chosen.type === 'snooze'
            ? ({ type: 'snooze', episode, until: record.receivedAt + 5 } as const)
            : ({ type: chosen.type as 'acknowledge' | 'resolve', episode } as const);
        ward.act(does, record.receivedAt, `act-${id}`);
      }
    }
    return ward.log;
  }

  it('of the same log gives the same bytes, also through a store that reorders keys', () => {
    fc.assert(
      fc.property(samples, fc.array(act, { maxLength: 4 }), order, (all, acts, keys) => {
        const log = withActs(records(shuffled(all, keys), 4), acts);
        const first = after(log);
        const second = after(log);
        expect(JSON.stringify(second.outcomes)).toBe(JSON.stringify(first.outcomes));
        const stored = after(log, (state) => reordered(JSON.parse(JSON.stringify(state))) as TwinState);
        expect(stored.state).toEqual(first.state);
        expect(JSON.stringify(stored.alerts())).toBe(JSON.stringify(first.alerts()));
        expect(JSON.stringify(viewOf(DEFAULT_CATALOGUE, stored.state, T0))).toBe(
          JSON.stringify(viewOf(DEFAULT_CATALOGUE, first.state, T0)),
        );
      }),
      propertyRuns(40),
    );
  });

  it('on another day gives the same, moved', () => {
    const days = 40 * 24 * HOUR;
    fc.assert(
      fc.property(samples, order, (all, keys) => {
        const arrival = shuffled(all, keys);
        const then = after(records(arrival, 4));
        const log = records(arrival, 4) as Extract<PatientInput, { kind: 'samples' }>[];
        const later = after(
          log.map((record) => ({
            ...record,
            receivedAt: record.receivedAt + days,
            samples: record.samples.map((one) => ({ ...one, t: one.t + days })),
          })),
        );
        const moved = (ward: Ward, by: number): unknown =>
          (ward.episodes() as { start: number; end: number | null }[]).map((one) => ({
            ...one,
            start: one.start + by,
            end: one.end === null ? null : one.end + by,
          }));
        expect(moved(then, days)).toEqual(moved(later, 0));
        expect(later.alerts().map(({ transition }) => transition)).toEqual(
          then.alerts().map(({ transition }) => transition),
        );
      }),
      propertyRuns(80),
    );
  });

  it('keeps one open episode per rule, and emits every change of it in sequence', () => {
    fc.assert(
      fc.property(samples, order, (all, keys) => {
        const open = new Map<string, string>();
        const sequences = new Map<string, number>();
        const ids = new Set<string>();
        for (const { transitions } of after(records(shuffled(all, keys), 3)).outcomes) {
          for (const { id, episode, sequence, rule, closed } of transitions) {
            expect(sequence).toBe((sequences.get(episode) ?? 0) + 1);
            sequences.set(episode, sequence);
            expect(ids.has(id)).toBe(false);
            ids.add(id);
            if (closed) {
              if (open.get(rule) === episode) open.delete(rule);
            } else {
              expect([undefined, episode]).toContain(open.get(rule));
              open.set(rule, episode);
            }
          }
        }
      }),
      propertyRuns(80),
    );
  });
});
