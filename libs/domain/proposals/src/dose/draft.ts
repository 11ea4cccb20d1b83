import type { Check, Judged } from '../rails/check.js';
import type { StateOfReadings } from '../rails/state-rails.js';
import type { ProposalCase } from '../proposal-case.js';
import type { InsulinGiven } from './insulin-of-day.js';
import type { Simulation } from './simulation.js';

export interface DraftCase {
  readonly one: ProposalCase;
  readonly state: StateOfReadings;
  readonly insulin: InsulinGiven;
  /** Insulin of earlier proposals that was decided on and is not recorded as given, [IU]. */
  readonly missing: number;
  readonly simulation: Simulation;
}

export interface Draft {
  readonly status: 'proposed' | 'none';
  readonly value?: number;
  readonly unit?: '[IU]' | 'g';
  readonly reasons: readonly string[];
  readonly checks: readonly Check[];
  /** What the model was asked, where it was. */
  readonly simulated?: Readonly<Record<string, number | null>>;
}

/** No suggestion: the sentences of the rails that did not hold, then others. */
export function none(judged: readonly Judged[], more: readonly string[], simulated?: Draft['simulated']): Draft {
  return {
    status: 'none',
    reasons: [...judged.flatMap(({ reason }) => (reason === undefined ? [] : [reason])), ...more],
    checks: judged.map(({ check }) => check),
    ...(simulated === undefined ? {} : { simulated }),
  };
}
