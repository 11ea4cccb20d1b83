/** Why a model does not answer. `message` is a sentence for a person. */
export interface ModelRefusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly message: string;
}

export const REFUSAL_REASONS = [
  'no-data',
  'stale-data',
  'too-little-data',
  'outside-population',
  'outside-domain',
  'missing-input',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export function refuse(reason: RefusalReason, message: string): ModelRefusal {
  return { kind: 'refused', reason, message };
}
