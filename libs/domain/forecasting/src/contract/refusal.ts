/** Why a model does not answer. `message` is a sentence for a person. */
export interface ModelRefusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly message: string;
}

export type RefusalReason =
  | 'no-data'
  | 'stale-data'
  | 'too-little-data'
  | 'outside-population'
  | 'outside-domain'
  | 'missing-input';

export function refuse(reason: RefusalReason, message: string): ModelRefusal {
  return { kind: 'refused', reason, message };
}
