/** Why alerts of a rule are not emitted; the reason of their suppressions. */
export type OffReason = 'monitoring-off' | 'deceased' | 'discharged';

const OFF_REASONS: ReadonlySet<string> = new Set<OffReason>(['monitoring-off', 'deceased', 'discharged']);

export function isOffReason(reason: string): reason is OffReason {
  return OFF_REASONS.has(reason);
}
