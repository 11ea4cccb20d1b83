import type { Proposal } from '#libs/contracts';
import type { ProposalRow } from '#libs/platform/storage';

/** A proposal as it was made; what was decided stands beside it. */
export type StoredProposal = Omit<Proposal, 'status' | 'decision' | 'effect'> & {
  readonly status: 'proposed' | 'none';
};

export type Decision = NonNullable<Proposal['decision']>;

export function readProposal({ proposal }: ProposalRow): StoredProposal {
  return JSON.parse(proposal) as StoredProposal;
}

export function decisionOf({ decision }: ProposalRow): Decision | undefined {
  return decision === null ? undefined : (JSON.parse(decision) as Decision);
}

/** [IU] of insulin that was decided on: accepted, or given in place of what was proposed; 0: none. */
export function decidedUnits(row: ProposalRow): number {
  const { kind, value } = readProposal(row);
  const decision = decisionOf(row);
  if (kind !== 'insulin-bolus' || decision === undefined || decision.status === 'rejected') return 0;
  return (decision.status === 'accepted' ? value : decision.value) ?? 0;
}

/** As it stands at `now`, ms: a suggestion that nobody decided on in time has expired. */
export function shownProposal(row: ProposalRow, now: number): Proposal {
  const stored = readProposal(row);
  const decision = decisionOf(row);
  const isExpired = stored.status === 'proposed' && now >= row.expiresAt;
  const { disclaimer, ...rest } = stored;
  return {
    ...rest,
    status: decision?.status ?? (isExpired ? 'expired' : stored.status),
    ...(decision === undefined ? {} : { decision }),
    disclaimer,
  };
}
