import type { Alert } from '../../../api/alert.js';

/** What a person does to an alert. */
export type Act =
  | { readonly kind: 'acknowledge' | 'resolve' }
  /** `until` is fixed when it is pressed: a repeat under the same key must ask for the same. */
  | { readonly kind: 'snooze'; readonly until: string }
  | { readonly kind: 'feedback'; readonly useful: boolean };

export const SNOOZE_MINUTES = [15, 30, 60] as const;

/** An act on its way: `seen` is the alert on which it was decided; the same `key` at each repeat, so that it takes effect once. */
export interface Attempt {
  readonly act: Act;
  readonly seen: Alert;
  readonly key: string;
}

export type ActState =
  | { readonly step: 'idle' }
  | ({ readonly step: 'sending' } & Attempt)
  /** Stored by the server; the alert follows in a moment. */
  | ({ readonly step: 'accepted' } & Attempt)
  /** Refused because the alert got worse since it was seen: the person looks at `current` and decides again. */
  | ({ readonly step: 'changed'; readonly current: Alert } & Attempt)
  | ({ readonly step: 'failed'; readonly reason: string } & Attempt);

export type ActEvent =
  | { readonly type: 'send'; readonly attempt: Attempt }
  | { readonly type: 'accepted'; readonly key: string }
  | { readonly type: 'changed'; readonly key: string; readonly current: Alert }
  | { readonly type: 'failed'; readonly key: string; readonly reason: string }
  | { readonly type: 'dismiss' };

/** What becomes of an act. Answers to an attempt that is no longer the one under way change nothing. */
export function actState(state: ActState, event: ActEvent): ActState {
  if (event.type === 'dismiss') return { step: 'idle' };
  if (event.type === 'send') return { step: 'sending', ...event.attempt };
  if (state.step !== 'sending' || state.key !== event.key) return state;
  const { act, seen, key } = state;
  if (event.type === 'accepted') return { step: 'accepted', act, seen, key };
  if (event.type === 'changed') return { step: 'changed', act, seen, key, current: event.current };
  return { step: 'failed', act, seen, key, reason: event.reason };
}

/** Whether to ask if the alert was useful: after an acknowledgement, until it is answered or dismissed. */
export function asksUseful(state: ActState): boolean {
  return state.step === 'accepted' && state.act.kind === 'acknowledge';
}
