import type { ActRecord, Alert, PatientInput, WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import {
  apply,
  createMemory,
  initialTwin,
  type Applied,
  type Catalogue,
  type StoredMeasurement,
  type TwinState,
} from '#libs/domain/twin';

export const T0 = Date.UTC(2026, 2, 1, 8);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const GLUCOSE = 9;
export const HEART_RATE = 1;
export const OXYGEN = 3;

/** A patient's log and store in memory: what the engine does around `apply`, without its database. */
export class Ward {
  state: TwinState;
  readonly log: PatientInput[] = [];
  readonly outcomes: Applied[] = [];
  /** Newest version by identity. */
  readonly stored = new Map<string, StoredMeasurement>();
  loads = 0;
  /** Values that were loaded; a series counts as many as it has. */
  loaded = 0;
  private readonly memory = createMemory();

  constructor(
    patient = 'p1',
    /** What storing and loading does to the state between records. */
    private readonly reload: (state: TwinState) => TwinState = (state) => state,
    readonly catalogue: Catalogue = DEFAULT_CATALOGUE,
  ) {
    this.state = initialTwin(catalogue, 1, patient);
  }

  take(record: PatientInput): Applied {
    this.log.push(record);
    for (let attempt = 0; attempt < 4; attempt++) {
      const outcome = apply(this.catalogue, this.state, record, this.memory);
      if (outcome.kind === 'applied') return this.keep(outcome);
      this.loads++;
      this.memory.load({
        identities: outcome.identities.map((identity) => ({ identity, stored: this.stored.get(identity) ?? null })),
        windows: outcome.windows.map((wanted) => {
          const { code, from, until = Infinity } = wanted;
          const isWanted = (one: StoredMeasurement): boolean => one.code === code && one.t >= from && one.t <= until;
          const measurements = [...this.stored.values()].filter((one) => isWanted(one) && !one.retracted);
          for (const { series } of measurements) this.loaded += series?.length ?? 1;
          return { ...wanted, measurements };
        }),
      });
    }
    throw new Error('still needs something after three loads');
  }

  private keep(outcome: Applied): Applied {
    this.state = this.reload(outcome.state);
    this.memory.remember(outcome);
    for (const measurement of outcome.measurements) this.stored.set(measurement.identity, measurement);
    for (const { identity, quality, reasons } of outcome.judgements)
      this.stored.set(identity, { ...this.stored.get(identity)!, judged: { quality, reasons } });
    this.outcomes.push(outcome);
    return outcome;
  }

  /** One record of samples; received a second after the newest of them unless said otherwise. */
  send(samples: readonly WireSample[], receivedAt = Math.max(...samples.map(({ t }) => t)) + SECOND): Applied {
    const head = { v: 1, tenant: 1, patient: this.state.patient, receivedAt } as const;
    return this.take({ ...head, kind: 'samples', source: 'gateway', device: '', samples });
  }

  tick(receivedAt: number): Applied {
    return this.take({ v: 1, kind: 'tick', tenant: 1, patient: this.state.patient, receivedAt });
  }

  act(does: ActRecord['does'], receivedAt: number, act = `act-${this.log.length}`): Applied {
    const head = { v: 1, tenant: 1, patient: this.state.patient, receivedAt } as const;
    return this.take({ ...head, kind: 'act', act, actor: 'dr-a', does });
  }

  alerts(): Alert[] {
    return this.outcomes.flatMap(({ transitions }) => transitions.map(({ alert }) => alert));
  }

  /** Every episode that was emitted and not retracted: rule, start, end, peak severity; without silence, which is about arrival. */
  episodes(): unknown[] {
    return Object.entries(this.state.rules)
      .filter(([rule]) => rule !== 'no-data')
      .flatMap(([rule, { episodes }]) => episodes.map(({ start, end, peak }) => ({ rule, start, end, peak })))
      .sort((a, b) => a.start - b.start || (a.rule < b.rule ? -1 : 1));
  }

  latest(): unknown {
    return Object.fromEntries(
      Object.entries(this.state.measures).map(([code, { t, latest }]) => [code, { t, latest }]),
    );
  }
}

/** Values of one measure at a steady pace from `start`. */
export function series(code: number, start: number, every: number, values: readonly number[]): WireSample[] {
  return values.map((x, i) => ({ c: code, t: start + i * every, x }));
}

/** `rule transition severity status` of what a record emitted; silence, and escalations because nobody acknowledged, are left out. */
export function emittedBy(outcome: Applied): string[] {
  const transitions = outcome.transitions.filter(({ alert }) => alert.reason !== 'unacknowledged');
  return allEmittedBy({ ...outcome, transitions }).filter((line) => !line.startsWith('no-data'));
}

export function allEmittedBy(outcome: Applied): string[] {
  return outcome.transitions.map(({ rule, alert }) => `${rule} ${alert.transition} ${alert.severity} ${alert.status}`);
}
