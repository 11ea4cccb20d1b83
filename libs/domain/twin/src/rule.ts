import type { Severity } from '#libs/contracts';

/** A rule as data: what it watches, its limits and how long they must hold. The catalogue is served at `GET /v1/rules`. */
export type Rule = LimitRule | SilenceRule;

interface RuleHead {
  readonly id: string;
  /** Semantic version; a change of default limits or of the way of counting raises it. */
  readonly version: string;
  readonly title: string;
  /** Highest severity the rule can reach (IEC 60601-1-8 priorities). */
  readonly severity: Severity;
  /** Catalogue names of the measures it reads. */
  readonly inputs: readonly string[];
  /** What a value must be like to count. */
  readonly quality: string;
  readonly limits: readonly LimitSpec[];
  /** Plain sentences for the catalogue. */
  readonly persistence: string;
  readonly hysteresis: string;
  readonly clears: string;
  readonly population: string;
  /** Evidence page, from the project's root. */
  readonly page: string;
}

/** One adjustable number of a rule. `min` and `max` bound what a patient's limit may be. */
export interface LimitSpec {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** Fires while one measure stays beyond a limit. */
export interface LimitRule extends RuleHead {
  readonly kind: 'limit';
  /** Catalogue number of the measure. */
  readonly code: number;
  readonly direction: 'below' | 'above';
  /** From the mildest to the most severe. */
  readonly tiers: readonly Tier[];
  /** A pause in the values longer than this, ms, starts the count towards raising anew. */
  readonly maxGap: number;
}

/** Limits are named, not given: their numbers come from the rule's defaults and the patient's limits. */
export interface Tier {
  readonly severity: Severity;
  /** Value limit that raises; strictly beyond it counts. */
  readonly raise: string;
  /** Value limit that clears; at it or on its safe side counts. */
  readonly clear: string;
  /** Seconds between the first and the last of the values that raise. */
  readonly raiseSeconds: string;
  readonly raiseSamples: number;
  readonly clearSeconds: string;
  readonly clearSamples: number;
}

/** Fires when a continuous stream falls silent. */
export interface SilenceRule extends RuleHead {
  readonly kind: 'silence';
  /** Name of the limit (seconds) by catalogue number. */
  readonly seconds: Readonly<Record<number, string>>;
}

export const RANKS: Readonly<Record<Severity, number>> = { low: 1, medium: 2, high: 3 };
const SEVERITY: readonly Severity[] = ['low', 'low', 'medium', 'high'];

/** Severity of a rank: 1 low, 2 medium, 3 high. */
export function severityOf(rank: number): Severity {
  return SEVERITY[rank] ?? 'low';
}
