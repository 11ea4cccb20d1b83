import type { WireFact, WireSample } from '#libs/contracts';
import type { Issue, IssueCode } from '#libs/domain/fhir';
import type { UnmeasuredPart } from '../clinical/unmeasured-parts.js';
import type { HistoryStep, SearchStep, VersionStep } from '../plan/step.js';
import type { ResourceChange, StoredResource } from '../repository/resources.js';

/** What came of a step. */
export type StepResult =
  | {
      readonly kind: 'written';
      readonly created: boolean;
      readonly resource: StoredResource;
      /** What is wrong with it and tolerated; what of it is not measured, and why. */
      readonly warnings: readonly Issue[];
      /** Whether something is wrong with it. */
      readonly isTolerated: boolean;
    }
  | { readonly kind: 'deleted'; readonly resource?: StoredResource }
  /** A conditional create that made nothing: there is one already. */
  | { readonly kind: 'matched'; readonly resource: StoredResource }
  | { readonly kind: 'found'; readonly resource: StoredResource; readonly isHead?: boolean | undefined }
  /** The client has it already. */
  | { readonly kind: 'notModified'; readonly resource: StoredResource }
  /** A search or a history: a Bundle as JSON text. */
  | { readonly kind: 'page'; readonly content: string; readonly isHead: boolean }
  /** To be read when all is written. */
  | { readonly kind: 'later'; readonly step: LaterStep }
  | { readonly kind: 'refused'; readonly status: number; readonly issues: readonly Issue[] };

export function refusedResult(status: number, code: IssueCode, diagnostics: string, at: string): StepResult {
  return { kind: 'refused', status, issues: [{ severity: 'error', code, diagnostics, expression: [at] }] };
}

/** A step that reads by statements of its own, and sees what the request wrote. */
export type LaterStep = VersionStep | SearchStep | HistoryStep;

/** What one patient's record of the log will hold. */
export interface PatientNews {
  readonly facts: WireFact[];
  readonly samples: WireSample[];
}

export interface Decision {
  /** In the order of the request. */
  readonly results: readonly StepResult[];
  readonly changes: readonly ResourceChange[];
  /** By patient id. */
  readonly news: ReadonlyMap<string, PatientNews>;
  /** What was stored and is not measured. */
  readonly unmeasured: readonly UnmeasuredPart[];
}
