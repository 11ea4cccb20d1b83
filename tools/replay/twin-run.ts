import type { ActRecord, ClinicalRecord, PatientInput, WireSample, WireThreshold } from '#libs/contracts';
import {
  apply,
  createMemory,
  FHIR_SOURCE,
  initialTwin,
  LATENESS_BOUND,
  type Applied,
  type Catalogue,
  type Needs,
  type StoredMeasurement,
} from '#libs/domain/twin';

/** What stands in for the database: newest versions that late data can still reach, no more. */
const HISTORY_MS = 2 * LATENESS_BOUND;
/** How far back waveforms can be judged again. */
const WAVES_MS = 30 * 60_000;

export type SetLimit = WireThreshold & { readonly author: string };

export interface TwinRun {
  /** Applies samples that became known together, at `receivedAt`; silence before that is judged first. */
  take(samples: readonly WireSample[], sender: { source: string; device: string }, receivedAt: number): void;
  /** Somebody saw an alert, at `receivedAt`. */
  acknowledge(episode: string, receivedAt: number): void;
  /** Somebody acted on an alert or on the patient's monitoring, at `receivedAt`. */
  act(does: ActRecord['does'], receivedAt: number): void;
  /** Facts and measurements of a FHIR resource, received at `receivedAt`. */
  clinical(content: Pick<ClinicalRecord, 'facts' | 'samples'>, receivedAt: number): void;
  /** Judges silence up to the end of the recording. */
  finish(receivedAt: number): void;
}

/** One patient's twin on its way through a recording, as the engine would lead it; what each record did goes to `applied`. */
export function createTwinRun(
  catalogue: Catalogue,
  patient: string,
  limits: readonly SetLimit[],
  applied: (outcome: Applied) => void,
): TwinRun {
  let state = initialTwin(catalogue, 1, patient, limits);
  const memory = createMemory();
  const history = new Map<string, StoredMeasurement>();
  const waves: StoredMeasurement[] = [];

  function step(record: PatientInput): void {
    // Identities, then windows; a record that still needs something after that is a fault of the core.
    for (let round = 0; round < 4; round++) {
      const outcome = apply(catalogue, state, record, memory);
      if (outcome.kind === 'needs') {
        load(outcome);
        continue;
      }
      state = outcome.state;
      memory.remember(outcome);
      for (const measurement of outcome.measurements) keep(measurement);
      forget();
      applied(outcome);
      return;
    }
    throw new Error('the core keeps asking for what it was given');
  }

  function load({ identities, windows }: Needs): void {
    memory.load({
      identities: identities.map((identity) => ({ identity, stored: history.get(identity) ?? null })),
      windows: windows.map((wanted) => {
        const { code, from, until = Infinity } = wanted;
        const isWanted = ({ t }: StoredMeasurement): boolean => t >= from && t <= until;
        const measurements = [...history.values()].filter(
          (one) => one.code === code && isWanted(one) && !one.retracted,
        );
        return { ...wanted, measurements };
      }),
    });
  }

  function keep(measurement: StoredMeasurement): void {
    history.delete(measurement.identity);
    history.set(measurement.identity, measurement);
    if (measurement.periodMs === undefined) return;
    waves.push(measurement);
    // A recording's channels come about in step: of older waveforms only the identity is needed.
    while (waves[0]!.t < measurement.t - WAVES_MS) {
      const { series: _, ...light } = waves.shift()!;
      if (history.get(light.identity)?.version === light.version) history.set(light.identity, light);
    }
  }

  function forget(): void {
    const before = (state.asOf ?? 0) - HISTORY_MS;
    for (const [identity, { t }] of history) {
      if (t >= before) return;
      history.delete(identity);
    }
  }

  /** The engine's ticker: a tick when the earliest timer is due, until time `end`. */
  function tickUntil(end: number): void {
    for (;;) {
      const due = earliestDue();
      if (due === undefined || due >= end) return;
      step({ v: 1, kind: 'tick', tenant: 1, patient, receivedAt: Math.max(due, state.heard) });
      const next = earliestDue();
      if (next !== undefined && next <= due) return;
    }
  }

  function earliestDue(): number | undefined {
    let earliest: number | undefined;
    for (const timer in state.timers) {
      const due = state.timers[timer]!;
      if (earliest === undefined || due < earliest) earliest = due;
    }
    return earliest;
  }

  return {
    take(samples, { source, device }, receivedAt) {
      tickUntil(receivedAt);
      step({ v: 1, kind: 'samples', tenant: 1, patient, receivedAt, source, device, samples });
    },
    acknowledge(episode, receivedAt) {
      const act = `${episode}/${receivedAt}`;
      const does = { type: 'acknowledge', episode } as const;
      step({ v: 1, kind: 'act', tenant: 1, patient, receivedAt, act, actor: 'replay', does });
    },
    act(does, receivedAt) {
      tickUntil(receivedAt);
      const act = `${does.type}/${receivedAt}`;
      step({ v: 1, kind: 'act', tenant: 1, patient, receivedAt, act, actor: 'dr-a', does });
    },
    clinical({ facts, samples }, receivedAt) {
      tickUntil(receivedAt);
      step({ v: 1, kind: 'clinical', tenant: 1, patient, receivedAt, facts, samples, source: FHIR_SOURCE });
    },
    finish: tickUntil,
  };
}
