import type { FactKind } from './facts.js';

/**
 * Records of the topic `patient-input`. They are written by the gateways after validation, so a consumer trusts their
 * shape; `v` is the schema version. Times are milliseconds since 1970-01-01T00:00:00Z.
 */
export type PatientInput =
  | SamplesRecord
  | ClinicalRecord
  | ActRecord
  | TickRecord
  | ModelParametersRecord
  | ModelStatusRecord;

/** Head of every record. `tenant` is the tenant's key (not its name), `patient` the FHIR id of the Patient. */
interface RecordHead {
  readonly v: 1;
  readonly tenant: number;
  readonly patient: string;
  /** When the gateway received it. The only wall-clock reading that rules and alerts may show. */
  readonly receivedAt: number;
}

/**
 * All samples of one patient in one request of the wearable gateway, or the measurements of one FHIR request.
 * Values are already in the canonical unit of their measure and inside the physically possible range.
 */
export interface SamplesRecord extends RecordHead {
  readonly kind: 'samples';
  /** Name of the sending system: `source` of the sample, else the client id. */
  readonly source: string;
  /** FHIR id of the device, or '' when the sender named none. */
  readonly device: string;
  /** How it was received; absent: HTTP, and in records of earlier versions. */
  readonly door?: 'mqtt';
  readonly samples: readonly WireSample[];
}

/**
 * The value is a bound: the true one is less than it, at most, at least or more than it (FHIR `Quantity.comparator`, such as
 * a laboratory's `<40`).
 */
export const COMPARATORS = ['<', '<=', '>=', '>'] as const;
export type Comparator = (typeof COMPARATORS)[number];

/**
 * One measured value, kept short because it is the bulk of the log.
 * `c` catalogue number of the measure · `t` effective time, ms · `x` value, canonical unit · `i` source identifier, when
 * the sender gave one · `q` quality, 0 good (default when absent), 1 doubtful, 2 bad · `r` quality reasons ·
 * `s` series in place of `x` · `p` series period in ms (absent: successive intervals such as RR) · `h` channel ·
 * `o` value and unit as sent, when they differ from the canonical ones · `w` 1 withdraws the value of this identity
 * (FHIR `entered-in-error`) · `b` comparator: `x` is a bound of the true value · `k` 1: its resource has earlier versions, so the value may be
 * stored already, also under the identity that an earlier version of this software gave it; `d`/`f` device and source of this sample when they differ from the record's.
 */
export interface WireSample {
  readonly c: number;
  readonly t: number;
  readonly x?: number;
  readonly i?: string;
  readonly q?: 0 | 1 | 2;
  readonly r?: readonly string[];
  readonly s?: readonly number[];
  readonly p?: number;
  readonly h?: string;
  readonly o?: readonly [number, string];
  readonly w?: 1;
  readonly b?: Comparator;
  readonly k?: 1;
  readonly d?: string;
  readonly f?: string;
}

/**
 * Facts and measurements that a FHIR write gave for one patient. `source` is `fhir` (the store, whoever wrote) and `author` the client that wrote;
 * records of earlier versions of this software have no `author`, and the client as `source`.
 */
export interface ClinicalRecord extends RecordHead {
  readonly kind: 'clinical';
  readonly facts: readonly WireFact[];
  readonly samples: readonly WireSample[];
  readonly source: string;
  readonly author?: string;
}

/** `reference` is `Type/id`; `content` is the small summary that twins show, not the resource. */
export interface WireFact {
  readonly fact: FactKind;
  readonly reference: string;
  readonly version: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly from?: number;
  readonly to?: number;
  /** Set when the resource was deleted or entered in error. */
  readonly withdrawn?: true;
}

/**
 * What a person did to an alert, to a patient's limits or to the patient's monitoring. `act` is the act's own id (uuid): a repeat
 * changes nothing. `actor` is the client; `onBehalfOf` the person it names, as a FHIR reference.
 */
export interface ActRecord extends RecordHead {
  readonly kind: 'act';
  readonly act: string;
  readonly actor: string;
  readonly onBehalfOf?: string;
  readonly does:
    | ({ readonly type: 'acknowledge' } & EpisodeAct)
    | ({ readonly type: 'snooze'; readonly until: number } & EpisodeAct)
    | ({ readonly type: 'resolve' } & EpisodeAct)
    | { readonly type: 'set-thresholds'; readonly thresholds: readonly WireThreshold[] }
    /** Limits of the tenant, written to the log of each of its patients. */
    | { readonly type: 'set-tenant-thresholds'; readonly thresholds: readonly WireThreshold[] }
    | ({ readonly type: 'set-monitoring' } & WireMonitoring)
    | { readonly type: 'set-therapy'; readonly therapy: WireTherapy }
    | ({ readonly type: 'propose' } & WireProposal)
    | ({ readonly type: 'decide-proposal' } & WireDecision);
}

/** Therapy settings of a person in canonical units ([IU], g, mg/dL); `expiresAt` in ms. Twins compute nothing from them. */
export interface WireTherapy {
  readonly carbRatio: number;
  readonly correctionFactor: number;
  readonly target: { readonly low: number; readonly high: number };
  readonly maximumBolus: number;
  readonly maximumInsulinOnBoard: number;
  readonly dailyMaximum: number;
  readonly author: string;
  readonly reason: string;
  readonly expiresAt?: number;
}

/** A suggestion that was made: nothing is given by it. `scenario`: what was simulated for it. */
export interface WireProposal {
  readonly proposal: string;
  readonly suggests: 'insulin-bolus' | 'carbohydrate-intake';
  readonly status: 'proposed' | 'none';
  readonly value?: number;
  readonly unit?: string;
  readonly scenario?: string;
}

/** What a person decided on a suggestion; `value`: what is done in place of it. */
export interface WireDecision {
  readonly proposal: string;
  readonly decision: 'accepted' | 'rejected' | 'overridden';
  readonly value?: number;
  readonly unit?: string;
  readonly note?: string;
}

/** `sequence`: the newest transition of the episode that the person had seen. */
interface EpisodeAct {
  readonly episode: string;
  readonly sequence?: number;
  readonly note?: string;
  readonly useful?: boolean;
}

/** Whether alerts of a patient are emitted. `rules`: only of these rules (off only); `until` (ms): on again by itself. */
export interface WireMonitoring {
  readonly state: 'on' | 'off';
  readonly rules?: readonly string[];
  readonly until?: number;
  readonly reason: string;
}

/** Limits of one rule for one patient, in the canonical unit; null limits restore the default. */
export interface WireThreshold {
  readonly rule: string;
  readonly limits: Readonly<Record<string, number>> | null;
  readonly reason: string;
  readonly expiresAt?: number;
  /** The rule's other limits of this layer stay as they are, each with its author, reason and expiry; absent: they are removed. */
  readonly keep?: true;
}

/**
 * Says that time has passed `receivedAt` with nothing newer from a source; written by the engine's ticker. `listeningSince` (ms): since when
 * the system itself could take in data without a break, where it was interrupted. `outage`: of the tenant's own twin ({@link SYSTEM_TWIN}).
 */
export interface TickRecord extends RecordHead {
  readonly kind: 'tick';
  readonly listeningSince?: number;
  readonly outage?: Outage;
}

/** Processes that did not run; `until` (ms) when all of them ran again, absent while one does not. */
export interface Outage {
  readonly components: readonly string[];
  readonly from: number;
  readonly until?: number;
}

/** Parameters of a model that were fitted to this person. They count from this place of the log on, so that a replay has the same ones there. */
export interface ModelParametersRecord extends RecordHead {
  readonly kind: 'model-parameters';
  readonly parameters: WireParameters;
}

/** Times in ms. `version` rises with each fit of this person and model: one that is not newer than the known one is dropped. */
export interface WireParameters {
  readonly model: string;
  readonly modelVersion: string;
  readonly version: number;
  readonly fittedAt: number;
  readonly dataFrom: number;
  readonly dataUntil: number;
  /** By name, in the model's units. */
  readonly estimates: Readonly<Record<string, number>>;
  /** Lower triangle of the Cholesky factor of the posterior covariance in the model's own transformed coordinates, by row. */
  readonly spread: readonly number[];
  /** What else readers are shown of the fit; stored, and nothing is computed with it. */
  readonly report?: Readonly<Record<string, unknown>>;
}

/** A model's forecasts of one measure are shown for this person (`active`), or those of the baseline in their place (`demoted`); by the ledger. */
export interface ModelStatusRecord extends RecordHead {
  readonly kind: 'model-status';
  readonly status: WireModelStatus;
}

export interface WireModelStatus {
  readonly model: string;
  /** Catalogue number of the measure. */
  readonly code: number;
  readonly status: 'active' | 'demoted';
  readonly reason: string;
  /** 1 − RMSE / RMSE of persistence on the same `n` pairs; −1 where persistence had no error. */
  readonly skill: number;
  readonly n: number;
}
