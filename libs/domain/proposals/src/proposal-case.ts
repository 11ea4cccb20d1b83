import type { ScenarioBranch } from '#libs/domain/scenarios';
import type { TherapySettings } from './therapy/therapy.js';

/** A person and what is asked. Plain values, so that it can be sent to a worker thread. */
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
}
