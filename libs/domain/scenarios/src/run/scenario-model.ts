import type { FittedParameters, ModelRefusal, Subject } from '#libs/domain/forecasting';
import type { PersonInputs, Reading } from '../inputs/person-inputs.js';

/** What a scenario asks of a model that simulates a person. Deterministic: the same arguments give the same paths. */
export interface ScenarioModel<Ensemble> {
  readonly id: string;
  readonly version: string;
  /** Possible states of the person at `from` (ms), one per draw, from what was measured and given up to then; or why there are none. */
  readonly start: (known: KnownPerson, draws: number, seed: number) => Ensemble | ModelRefusal;
  /** The course of glucose of each draw, mg/dL, at each step after the beginning. The draws are the same for all inputs. */
  readonly run: (ensemble: Ensemble, inputs: PersonInputs, minutes: number, stepMinutes: number) => Paths;
}

export interface KnownPerson {
  readonly subject: Subject;
  readonly parameters: FittedParameters | null;
  /** Up to `from`. */
  readonly glucose: readonly Reading[];
  readonly inputs: PersonInputs;
  /** ms */
  readonly from: number;
}

/** One path per draw; index i is `(i + 1) × stepMinutes` after the beginning. */
export type Paths = readonly ArrayLike<number>[];

export function isRefusal(value: unknown): value is ModelRefusal {
  return typeof value === 'object' && value !== null && (value as Partial<ModelRefusal>).kind === 'refused';
}
