import type { Severity } from '#libs/contracts';
import type { Derived, FoldedMeasure } from './derived.js';
import type { Finding } from '../alerts/finding.js';
import type { Person } from '../facts/person.js';
import type { Cited } from '../state/cited.js';
import type { Sample } from './judged-sample.js';
import type { MemoryFormat } from './memory-format.js';

/** A rule as data: what it watches, its limits and how long they must hold. The catalogue is served at `GET /v1/rules`. */
export type Rule = MeasureRule | SilenceRule | SenderRule;

/** A rule over the values of measures. */
export type MeasureRule = LimitRule | StreamRule;

interface RuleHead {
  readonly id: string;
  /** Semantic version; a change of default limits or of the way of counting raises it. */
  readonly version: string;
  readonly title: string;
  /** Highest severity the rule can reach (IEC 60601-1-8 priorities). */
  readonly severity: Severity;
  /** Whether it is about the patient or the equipment (IEC 60601-1-8 §3: physiological and technical alarm conditions). */
  readonly category: 'physiological' | 'technical';
  /** Catalogue names of the measures it reads. */
  readonly inputs: readonly string[];
  /** What a value must be like to count. */
  readonly quality: string;
  /** How old an input may be and still count. */
  readonly freshness: string;
  readonly limits: readonly LimitSpec[];
  /** Default limits that replace the adult ones below an age; the first entry that fits counts. */
  readonly byAge?: readonly AgeLimits[];
  /** Plain sentences for the catalogue. */
  readonly persistence: string;
  readonly hysteresis: string;
  readonly clears: string;
  readonly population: string;
  /** Who it refuses to judge. */
  readonly refuses?: Refuses;
  readonly policy: Policy;
  /** What is clearly worse at the same severity; without it only a higher severity is. */
  readonly further?: Further;
  /**
   * Runs in shadow: its alerts are suppressed and listed. The id of the live rule it is compared with; a new rule
   * that replaces none names itself.
   */
  readonly shadowOf?: string;
  /** Evidence page, from the project's root. */
  readonly page: string;
}

/** What becomes of an alert once it is there. */
export interface Policy {
  /** A condition that comes back within this time of its end, and no worse, does not page again, s. */
  readonly refractorySeconds: number;
  /** Time without acknowledgement after which the alert is escalated by one severity (high stays high), s; null: never. */
  readonly escalateAfterSeconds: number | null;
  /** Stays open after the condition has gone until a person has seen it. */
  readonly latching: boolean;
  /** Alerts of one group have one cause: the most severe pages and suppresses the others. */
  readonly group: string | null;
  /** A forecast: it does not suppress the condition it predicts. */
  readonly foresees?: true;
}

/**
 * A step beyond what a person saw when they acknowledged or snoozed that needs them again. Larger than what two measurements of the same
 * state differ by; `why` names the source.
 */
export interface Further {
  readonly step: number;
  readonly unit: string;
  readonly why: string;
}

/** Below this age or in pregnancy the rule is not evaluated, which the twin reports as a refusal. */
export interface Refuses {
  readonly underYears?: number;
  readonly underDays?: number;
  readonly pregnancy?: true;
}

export interface AgeLimits {
  readonly underYears: number;
  readonly limits: Readonly<Record<string, number>>;
}

/** One adjustable number of a rule. `min` and `max` bound what a patient's limit may be. */
export interface LimitSpec {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** A decision about one patient: a tenant cannot set it. */
  readonly patientOnly?: true;
}

/** Fires while one measure stays beyond a limit. */
export interface LimitRule extends RuleHead {
  readonly kind: 'limit';
  /** Catalogue number of the measure. */
  readonly codes: readonly [number];
  readonly direction: 'below' | 'above';
  /** From the mildest to the most severe. */
  readonly tiers: readonly Tier[];
  /** A pause in the values longer than this, ms, starts the count towards raising anew. */
  readonly maxGap: number;
}

/** Evaluated by a detector: scores over several measures, predictions, rhythm. */
export interface StreamRule extends RuleHead {
  readonly kind: 'stream';
  /** What is wrong between limits that are each in range. */
  readonly crossed?: (limits: Readonly<Record<string, number>>) => readonly { limit: string; message: string }[];
}

/**
 * A fold over the values of one or more measures that evaluates one or more rules. The step is pure; its memory is plain JSON,
 * bounded, and never mutated, because it is kept at grid times and folded on from there when data come late.
 */
export interface Detector {
  readonly id: string;
  /** Catalogue numbers of the measures it reads. */
  readonly codes: readonly number[];
  readonly rules: readonly StreamRule[];
  readonly late: Lateness;
  /** Where it `settles`. */
  readonly settling?: Settling;
  /** Version of its memory as stored (1 where absent), and the steps from earlier ones by their version. Raised when a stored memory would be misread. */
  readonly memory?: MemoryFormat;
  /** After its memory began anew: how long it is before it may say that what was found before is over, ms. A day where absent. */
  readonly warmUpMs?: number;
  /** Takes out values that were corrected or withdrawn, where values are taken as they come and the memory holds single ones. */
  readonly forget?: (memory: unknown, identities: ReadonlySet<string>) => unknown;
  /** The memory (not null) with each cited measurement in another form, for the codec of stored twins; absent where it holds none. */
  readonly mapCited?: <A, B>(memory: unknown, form: (cited: A) => B) => unknown;
  readonly step: (memory: unknown, sample: Sample, at: Circumstances) => DetectorStep;
}

/**
 * What a detector does with values older than the newest it has seen. `refold`, of one measure: judges again from there, so that
 * arrival does not matter. `settles`, of waveforms: what holds at a time follows from the values shortly before it, so only the
 * surroundings of the late one are judged again (docs/adr/0021). `as-it-comes`, of scores over many measures: takes them into a memory
 * in which order does not matter; what it found of the past stays (docs/adr/0004).
 */
export type Lateness = 'refold' | 'settles' | 'as-it-comes';

/** How a detector forgets, so that a stretch of the past can be judged again by itself. */
export interface Settling {
  /** Begun so long before a time it finds what it would have found had it seen everything, ms. */
  readonly warmUpMs: number;
  /** So long after a value's end nothing that is found depends on it, ms. */
  readonly afterMs: number;
  /** So long before it is found a condition may have begun, ms; less than `warmUpMs`. */
  readonly onsetMs: number;
  /** Time for which a condition may still be reported after it has ended, ms. */
  readonly goneMs: number;
  /** Whether the value cannot simply be taken after those before it. */
  readonly isLate: (memory: unknown, sample: Sample) => boolean;
  /** Newest time at which it judged, ms; null: it has not. */
  readonly judged: (memory: unknown) => number | null;
  /** How long the longest value lasts that it ever saw, ms. */
  readonly longest: (memory: unknown) => number;
  /** The values as parts in the order in which they are judged. */
  readonly parts: (samples: readonly Sample[]) => readonly Sample[];
  /** What to begin with when a stretch is judged again. */
  readonly begin: (memory: unknown) => unknown;
}

export interface DetectorStep {
  /** null: nothing to remember. */
  readonly memory: unknown;
  /** The conditions that hold after this value, by rule id; a rule that is not named does not hold. */
  readonly holds: Readonly<Record<string, Finding>>;
  /**
   * What began and ended on the way there, in order: a series of many values may begin and end a condition several times. Needed only
   * where a value can say more than what holds after it.
   */
  readonly changes?: readonly DetectorChange[];
  /** Why it did not judge some of the value, one code each time. */
  readonly refused?: readonly string[];
}

/** A condition that began (`finding`) or got worse, or one that ended at `at` (effective time, ms), by rule id. */
export type DetectorChange =
  | { readonly rule: string; readonly finding: Finding }
  | { readonly rule: string; readonly finding?: undefined; readonly at: number };

/** What else a step may depend on. */
export interface Circumstances {
  /** Limits in force of a rule. */
  readonly limitsOf: (rule: StreamRule) => Readonly<Record<string, number>>;
  readonly person: Person;
  /** A derived measure of the pack for this value. */
  readonly derived: (measure: FoldedMeasure, cited: Cited) => Derived;
  /** The newest effective time seen, this value's own included, ms. */
  readonly now: number;
}

/** Limits are named, not given: their numbers come from the rule's defaults, the tenant's and the patient's limits. */
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

/** A technical rule that fires while senders' data are not as they should be: one episode per patient covers all of them. */
export interface SenderRule extends RuleHead {
  readonly kind: 'sender';
  /** Begins the alert's sentence: what is wrong with the senders that follow. */
  readonly words: string;
  /** Why it fired, for the explanation. */
  readonly why: string;
}

export const RANKS: Readonly<Record<Severity, number>> = { low: 1, medium: 2, high: 3 };
const SEVERITY: readonly Severity[] = ['low', 'low', 'medium', 'high'];

/** Severity of a rank: 1 low, 2 medium, 3 high. */
export function severityOf(rank: number): Severity {
  return SEVERITY[rank] ?? 'low';
}
