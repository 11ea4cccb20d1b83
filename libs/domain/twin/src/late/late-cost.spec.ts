import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import type { PatientInput, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, T0 } from '#libs/testing/ward';
import {
  apply,
  createMemory,
  initialTwin,
  type Applied,
  type Memory,
  type StoredMeasurement,
  type TwinState,
} from '../index.js';

/** A patient's log and store in memory that counts what late values cost. */
class Counted {
  state: TwinState = initialTwin(DEFAULT_CATALOGUE, 1, 'p1');
  readonly stored = new Map<string, StoredMeasurement>();
  readonly outcomes: Applied[] = [];
  /** Stored values that the core was shown for its re-evaluations, and rows loaded for them. */
  looks = 0;
  loaded = 0;
  private memory = createMemory(1_000_000);

  take(record: PatientInput): Applied {
    for (let attempt = 0; attempt < 4; attempt++) {
      let looks = 0;
      const counting: Memory = {
        identity: (identity) => this.memory.identity(identity),
        former: (identity) => this.memory.former(identity),
        window: (code, from) => {
          const window = this.memory.window(code, from);
          looks += window?.length ?? 0;
          return window;
        },
      };
      const outcome = apply(DEFAULT_CATALOGUE, this.state, record, counting);
      if (outcome.kind === 'applied') {
        this.looks += looks;
        return this.keep(outcome);
      }
      this.memory.load({
        identities: outcome.identities.map((identity) => ({ identity, stored: this.stored.get(identity) ?? null })),
        windows: outcome.windows.map(({ code, from }) => {
          const measurements = [...this.stored.values()].filter((one) => one.code === code && one.t >= from);
          this.loaded += measurements.length;
          return { code, from, measurements };
        }),
      });
    }
    throw new Error('still needs something after three loads');
  }

  /** As after a restart: everything must be loaded again. */
  forget(): void {
    this.memory = createMemory(1_000_000);
    this.state = JSON.parse(JSON.stringify(this.state)) as TwinState;
  }

  send(device: string, samples: readonly WireSample[], receivedAt: number): Applied {
    const head = { v: 1, tenant: 1, patient: 'p1', receivedAt } as const;
    return this.take({ ...head, kind: 'samples', source: 'gateway', device, samples });
  }

  tick(receivedAt: number): Applied {
    return this.take({ v: 1, kind: 'tick', tenant: 1, patient: 'p1', receivedAt });
  }

  /** Every episode but silence: rule, start, end, peak severity. */
  episodes(): unknown[] {
    return Object.entries(this.state.rules)
      .filter(([rule]) => rule !== 'no-data')
      .flatMap(([rule, { episodes }]) => episodes.map(({ start, end, peak }) => ({ rule, start, end, peak })));
  }

  private keep(outcome: Applied): Applied {
    this.state = outcome.state;
    this.memory.remember(outcome);
    for (const measurement of outcome.measurements) this.stored.set(measurement.identity, measurement);
    this.outcomes.push(outcome);
    return outcome;
  }
}

function everySecond(start: number, count: number, valueAt: (i: number) => number): WireSample[] {
  return Array.from({ length: count }, (_, i) => ({ c: HEART_RATE, t: start + i * SECOND, x: valueAt(i) }));
}

const quiet = (i: number): number => 72 + (i % 5);

/** `hours` of one device at 1 Hz, in order; then the same time from another one in records of 100. */
function backfill(hours: number): { readonly twin: Counted; readonly brought: number } {
  const twin = new Counted();
  const seconds = hours * 3600;
  for (let i = 0; i < seconds; i += 600)
    twin.send('live', everySecond(T0 + i * SECOND, 600, quiet), T0 + (i + 600) * SECOND);
  for (let i = 0; i < seconds; i += 100) {
    const t = T0 + i * SECOND + 500;
    twin.send('late', everySecond(t, 100, quiet), T0 + seconds * SECOND + i);
  }
  return { twin, brought: seconds };
}

describe('the cost of late values', () => {
  it('is in proportion to what a backlog brings, not to its square', () => {
    const one = backfill(1);
    const two = backfill(2);
    const per = ({ twin, brought }: ReturnType<typeof backfill>): number => twin.looks / brought;
    // Without a bound each of the records looks at thousands of values: 100 to 200 looks per value here, doubling with the hours.
    expect(per(one)).toBeLessThan(100);
    expect(per(two)).toBeLessThan(100);
    expect(per(two) / per(one)).toBeLessThan(1.5);
    expect(two.twin.loaded).toBeLessThan(2 * two.brought);
  });

  it('lets what waits wait no longer than half a minute, and then a tick re-evaluates it', () => {
    const { twin } = backfill(1);
    const end = T0 + HOUR + 2 * MINUTE;
    const slow = (from: number): WireSample[] => everySecond(T0 + from * SECOND + 250, 100, () => 160);
    twin.send('third', slow(1_000), end);
    // The first is re-evaluated, the second waits.
    expect(twin.episodes()).toHaveLength(0);
    const waits = [1_100, 1_200, 1_300, 1_400].map((from) => twin.send('third', slow(from), end + 1));
    const due = twin.state.timers['late'];
    expect(due).toBeGreaterThan(end);
    expect(due).toBeLessThanOrEqual(end + 30 * SECOND);
    expect(waits.at(-1)!.timers).toEqual([]);
    expect(twin.tick(due! - 1).measurements).toEqual([]);
    expect(twin.state.timers['late']).toBe(due);
    const seen = twin.outcomes.length;
    twin.tick(due!);
    expect(twin.state.timers['late']).toBeUndefined();
    expect(twin.state.late?.from).toEqual({});
    expect(twin.outcomes.slice(seen).every(({ measurements }) => measurements.length === 0)).toBe(true);
  });

  it('never lets a value wait that is newer than everything', () => {
    const { twin } = backfill(1);
    const end = T0 + 3 * HOUR;
    twin.send('third', everySecond(T0 + 250, 1, quiet), end);
    const late = everySecond(T0 + 1_250, 50, quiet);
    const now = everySecond(end - 20 * MINUTE, 1_200, () => 140);
    const { transitions } = twin.send('live', [...late, ...now], end + 1);
    expect(twin.state.late?.from).toEqual({ [HEART_RATE]: T0 + 1_250 });
    expect(transitions.map(({ rule, alert }) => `${rule} ${alert.transition}`)).toContain('heart-rate-high raised');
    expect(twin.state.measures[HEART_RATE]!.t).toBe(now.at(-1)!.t);
  });

  it('takes a correction of what was never judged while others wait', () => {
    const { twin } = backfill(1);
    const end = T0 + 3 * HOUR;
    twin.send('third', everySecond(T0 + 250, 1, quiet), end);
    const ahead = { c: OXYGEN, t: end + 3 * 24 * HOUR, x: 97, i: 'a' };
    twin.send('third', [ahead], end + 1);
    expect(twin.state.measures[OXYGEN]).toBeUndefined();
    const { measurements } = twin.send('third', [{ ...ahead, x: 96 }, ...everySecond(T0 + 1_250, 1, quiet)], end + 2);
    expect(measurements).toHaveLength(2);
    twin.tick(end + MINUTE);
    expect(twin.state.late?.from).toEqual({});
  });

  it('ends in the same episodes whatever waited, and after a restart at any place', () => {
    const SECONDS = 2_400;
    const value = fc.constantFrom(72, 74, 160, 35);
    const cut = fc.record({
      runs: fc.array(fc.record({ at: fc.nat(SECONDS - 100), x: value, length: fc.integer({ min: 20, max: 300 }) }), {
        maxLength: 6,
      }),
      size: fc.integer({ min: 30, max: 300 }),
      pace: fc.constantFrom(1, SECOND, 40 * SECOND),
      restart: fc.nat(),
      isReversed: fc.boolean(),
    });
    let waited = 0;
    fc.assert(
      fc.property(cut, ({ runs, size, pace, restart, isReversed }) => {
        const late = everySecond(T0 + 500, SECONDS, quiet).map((sample, i) => {
          const run = runs.find(({ at, length }) => i >= at && i < at + length);
          return run === undefined ? sample : { ...sample, x: run.x };
        });
        const live = everySecond(T0, SECONDS, quiet);
        const end = T0 + SECONDS * SECOND;
        const whole = new Counted();
        whole.send('live', live, end);
        whole.send('late', late, end);
        const parts: WireSample[][] = [];
        for (let i = 0; i < late.length; i += size) parts.push(late.slice(i, i + size));
        if (isReversed) parts.reverse();
        const twin = new Counted();
        twin.send('live', live, end);
        let receivedAt = end;
        parts.forEach((part, i) => {
          receivedAt += pace;
          if (i === restart % parts.length) twin.forget();
          const { state } = twin.send('late', part, receivedAt);
          if (Object.keys(state.late?.from ?? {}).length > 0) waited++;
        });
        twin.tick(receivedAt + MINUTE);
        expect(twin.episodes()).toEqual(whole.episodes());
        expect(twin.state.rules).toMatchObject(
          Object.fromEntries(Object.entries(whole.state.rules).map(([id, { now }]) => [id, { now }])),
        );
      }),
      propertyRuns(15),
    );
    expect(waited).toBeGreaterThanOrEqual(metInRuns(8));
  }, 60_000);
});
