import type { Answer } from '../answers/answer.js';
import type { Decision } from '../decide/decision.js';

/** What makes a request take effect once: it is written in the transaction of the effect. */
export interface Once {
  /** The client's `Idempotency-Key`. */
  readonly key?: IdempotencyKey | undefined;
  /** The job that runs the request: its answer is kept for the client that asks later. */
  readonly job?: JobAttempt | undefined;
}

export interface IdempotencyKey {
  /** Whose key it is: keys of two clients are different ones. */
  readonly client: string;
  readonly key: string;
  /** Digest of the request that the key stands for. */
  readonly hash: string;
}

export interface JobAttempt {
  readonly id: string;
  /** From 1. An attempt that another one followed has no effect. */
  readonly attempt: number;
}

export interface KeptRequest extends Once {
  /** What is kept, given what was decided. */
  readonly answer: (decision: Decision) => Answer;
}

/** Why a request with a key is not done: the first has been, or is being done. */
export type Repetition =
  | { readonly kind: 'repeated'; readonly answer: Answer }
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'key-reused' };

export type Committed =
  | { readonly kind: 'committed'; readonly decision: Decision }
  /** The job is gone, or another attempt has it: nothing of this one stays. */
  | { readonly kind: 'cancelled' }
  | Repetition;
