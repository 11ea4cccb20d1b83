import type { ScenarioBranch } from '#libs/domain/scenarios';
import type { TherapySettings } from './therapy/therapy.js';

/** A person and what is asked. Plain values, so that it can be sent to a worker thread. */
/** A proposal of insulin that somebody accepted, or did something else in place of. */
export interface DecidedDose {
  /** When it was decided on, ms. */
  readonly t: number;
  readonly units: number;
}

/** What the stream's own model forecasts of glucose: a second opinion, which can only forbid. */
export interface StreamedForecast {
  /** It does worse than the newest value that goes on, for this person. */
  readonly isDemoted: boolean;
  /** Least mean of the next 60 minutes, mg/dL; null: none of its points is within them. */
  readonly lowestMean60: number | null;
}

export interface ProposalCase {
  readonly kind: 'insulin-bolus' | 'carbohydrate-intake';
  readonly person: Omit<ScenarioBranch, 'plan'>;
  readonly therapy: TherapySettings;
  /** mg/dL */
  readonly target: number;
  /** g about to be eaten */
  readonly carbohydrates: number;
  /** ms */
  readonly now: number;
  /** What is known of the person ends here, ms. */
  readonly knownAt: number;
  /** Insulin that was decided on by proposals of the last hours. */
  readonly decided: readonly DecidedDose[];
  /** null: there is none that is fresh. */
  readonly forecast: StreamedForecast | null;
}
