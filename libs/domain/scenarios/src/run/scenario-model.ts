import type { FittedParameters, ModelRefusal, Subject } from '#libs/domain/forecasting';
import type { PersonInputs, Reading } from '../inputs/person-inputs.js';

/** What a scenario asks of a model that simulates a person. Deterministic: the same arguments give the same paths. */
export interface ScenarioModel<Ensemble> {
  readonly id: string;
  readonly version: string;
  /** Possible states of the person at `from` (ms), one per draw, from what was measured and given up to then; or why there are none. */
  readonly start: (known: KnownPerson, draws: number, seed: number) => Ensemble | ModelRefusal;
  /** Sentences: what was assumed of the person. */
  readonly assumptions: (ensemble: Ensemble) => readonly string[];
  /** The course of glucose of each draw, at 0, `stepMinutes`, … The draws are the same for all inputs. */
  readonly run: (
    ensemble: Ensemble,
    inputs: PersonInputs,
    minutes: number,
    stepMinutes: number,
  ) => SimulatedArm | ModelRefusal;
}

export interface KnownPerson {
  readonly subject: Subject;
  readonly parameters: FittedParameters | null;
  /** Up to `from`. */
  readonly glucose: readonly Reading[];
  readonly inputs: PersonInputs;
  /** By how much another sensor differs, mg/dL; absent: by no more than sensors do. */
  readonly disagreement?: number;
  /** ms */
  readonly from: number;
}

export interface SimulatedArm {
  /** After the beginning, of each value of a path. */
  readonly minutes: readonly number[];
  readonly paths: Paths;
}

/** One path per draw, mg/dL. */
export type Paths = readonly ArrayLike<number>[];

export function isRefusal(value: unknown): value is ModelRefusal {
  return typeof value === 'object' && value !== null && (value as Partial<ModelRefusal>).kind === 'refused';
}
