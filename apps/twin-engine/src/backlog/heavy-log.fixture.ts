import type { PatientInput, SamplesRecord, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { apply, createMemory, initialTwin, type StoredMeasurement, type TwinState } from '#libs/domain/twin';

export const T0 = Date.UTC(2026, 4, 1, 12);
export const HEART_RATE = 1;
export const LIVE_SECONDS = 5_000;

export function samples(
  patient: string,
  device: string,
  list: readonly WireSample[],
  receivedAt: number,
): SamplesRecord & { readonly kind: 'samples' } {
  return { v: 1, kind: 'samples', tenant: 1, patient, source: 'gateway', device, receivedAt, samples: list };
}

function everySecond(start: number, count: number, valueAt: (i: number) => number): WireSample[] {
  return Array.from({ length: count }, (_, i) => ({ c: HEART_RATE, t: start + i * 1000, x: valueAt(i) }));
}

/** Live data, then the same time from another device in records of 100, some of it too fast; live data and a tick go on meanwhile. */
export function heavyLog(): PatientInput[] {
  const end = T0 + LIVE_SECONDS * 1000;
  const log: PatientInput[] = [];
  for (let i = 0; i < LIVE_SECONDS; i += 500)
    log.push(
      samples(
        'heavy',
        'live',
        everySecond(T0 + i * 1000, 500, (n) => (i + n >= 1_000 && i + n < 3_600 ? 160 : 72)),
        T0 + (i + 500) * 1000,
      ),
    );
  for (let i = 0; i < LIVE_SECONDS; i += 100) {
    const n = i / 100;
    const fast = n > 8 && n < 24;
    log.push(
      samples(
        'heavy',
        'late',
        everySecond(T0 + i * 1000 + 500, 100, () => (fast ? 160 : 74)),
        end + n * 400,
      ),
    );
    if (n % 5 === 0)
      log.push(
        samples(
          'heavy',
          'live',
          everySecond(end + n * 1000, 5, () => 75),
          end + n * 400,
        ),
      );
    if (n % 7 === 0) log.push({ v: 1, kind: 'tick', tenant: 1, patient: 'heavy', receivedAt: end + n * 400 });
  }
  log.push({ v: 1, kind: 'tick', tenant: 1, patient: 'heavy', receivedAt: end + 3_600_000 });
  return log;
}

/** What the pure core says of the log, record by record, with everything in memory. */
export function expectedOf(log: readonly PatientInput[]): {
  readonly state: TwinState;
  readonly transitions: string[];
} {
  let state = initialTwin(DEFAULT_CATALOGUE, 1, 'heavy');
  const memory = createMemory(1_000_000);
  const stored = new Map<string, StoredMeasurement>();
  const transitions: string[] = [];
  for (const input of log) {
    for (;;) {
      const outcome = apply(DEFAULT_CATALOGUE, state, input, memory);
      if (outcome.kind === 'applied') {
        state = outcome.state;
        memory.remember(outcome);
        for (const measurement of outcome.measurements) stored.set(measurement.identity, measurement);
        transitions.push(...outcome.transitions.map(({ id }) => id));
        break;
      }
      memory.load({
        identities: outcome.identities.map((identity) => ({ identity, stored: stored.get(identity) ?? null })),
        windows: outcome.windows.map(({ code, from }) => ({
          code,
          from,
          measurements: [...stored.values()].filter((one) => one.code === code && one.t >= from && !one.retracted),
        })),
      });
    }
  }
  return { state, transitions };
}
