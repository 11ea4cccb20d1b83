import type { Rail } from '#libs/contracts';

/** One rail and what it said. */
export interface Check {
  readonly rail: Rail;
  readonly held: boolean;
  /** null: it could not be judged, which counts as not held. */
  readonly value: number | null;
  readonly limit: number;
  readonly unit: string;
}

/** A check with the sentence a clinician reads where it did not hold. */
export interface Judged {
  readonly check: Check;
  readonly reason?: string;
}

export function judged(check: Check, reason: string): Judged {
  return check.held ? { check } : { check, reason: `${check.rail}: ${reason}` };
}
