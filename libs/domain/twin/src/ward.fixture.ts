import type { PatientInput } from '#libs/contracts';
import { apply, createMemory, type Applied, type StoredMeasurement, type TwinState } from './index.js';

export type Step = PatientInput;

/** A patient's log and store in memory: what the engine does around `apply`, without its database. */
export class Ward {
  readonly outcomes: Applied[] = [];
  /** Newest version by identity. */
  readonly stored = new Map<string, StoredMeasurement>();
  loads = 0;
  private readonly memory = createMemory();

  constructor(public state: TwinState) {}

  take(record: PatientInput): Applied {
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = apply(this.state, record, this.memory);
      if (outcome.kind === 'applied') return this.keep(outcome);
      this.loads++;
      this.memory.load({
        identities: outcome.identities.map((identity) => ({ identity, stored: this.stored.get(identity) ?? null })),
        windows: outcome.windows.map(({ code, from }) => ({
          code,
          from,
          measurements: [...this.stored.values()].filter((one) => one.code === code && one.t >= from && !one.retracted),
        })),
      });
    }
    throw new Error('still needs something after two loads');
  }

  private keep(outcome: Applied): Applied {
    this.state = outcome.state;
    this.memory.remember(outcome);
    for (const measurement of outcome.measurements) this.stored.set(measurement.identity, measurement);
    this.outcomes.push(outcome);
    return outcome;
  }

  /** Every episode that was told and not taken back: rule, start, end, peak severity; without silence, which is about arrival. */
  episodes(): unknown[] {
    return Object.entries(this.state.rules)
      .filter(([rule]) => rule !== 'no-data')
      .flatMap(([rule, { episodes }]) => episodes.map(({ start, end, peak }) => ({ rule, start, end, peak })))
      .sort((a, b) => a.start - b.start || (a.rule < b.rule ? -1 : 1));
  }

  latest(): unknown {
    return Object.fromEntries(Object.entries(this.state.measures).map(([code, { t, latest }]) => [code, { t, latest }]));
  }
}
