import type { Pool } from 'pg';
import type { Proposal, Scenario } from '#libs/contracts';
import { effectOf } from '#libs/domain/proposals';
import { notFound, Problem } from '#libs/platform/http';
import { findProposal, findTwin } from '#libs/platform/storage';
import type { Scenarios } from '../scenarios/scenarios.js';
import { loadPerson } from '../simulation/person.js';
import { shownProposal } from './stored-proposal.js';

export interface ShownProposalsDeps {
  readonly pool: Pool;
  readonly scenarios: Pick<Scenarios, 'again'>;
  /** ms since 1970 */
  readonly now: () => number;
}

const MINUTE = 60_000;

/** Proposals as they stand, with what came of them. */
export class ShownProposals {
  constructor(private readonly deps: ShownProposalsDeps) {}

  /** @throws Problem 404 */
  async get(tenant: number, id: string): Promise<Proposal> {
    const { pool, now } = this.deps;
    const row = await findProposal(pool, tenant, id);
    const twin = row && (await findTwin(pool, tenant, row.patient));
    if (row === undefined || twin === undefined) throw notFound('the proposal');
    const proposal = shownProposal(row, now());
    if (proposal.scenario === null || proposal.status === 'proposed') return proposal;
    const { decision } = proposal;
    const isDone = proposal.status === 'accepted';
    const instead = decision?.value;
    const change =
      decision?.status === 'overridden' && instead !== undefined && instead > 0
        ? { of: proposal.kind, x: instead }
        : undefined;
    const arm = isDone ? 'proposed' : change === undefined ? 'nothing' : 'instead';
    const scenario = await this.scenarioOf(tenant, proposal.scenario, change);
    if (scenario === undefined) return proposal;
    const issuedAt = row.createdAt;
    const span = { at: issuedAt, from: issuedAt - 30 * MINUTE, to: issuedAt + 245 * MINUTE };
    const { values } = await loadPerson(pool, { tenant, twin: twin.key, knownAt: now() }, span);
    const since = values.filter(({ t }) => t >= span.from);
    const { disclaimer, ...rest } = proposal;
    return { ...rest, effect: effectOf(scenario, arm, since, row.decidedAt ?? issuedAt), disclaimer };
  }

  /** undefined: what it rests on is not there any more. */
  private async scenarioOf(
    tenant: number,
    id: string,
    change: { readonly of: Proposal['kind']; readonly x: number } | undefined,
  ): Promise<Scenario | undefined> {
    try {
      return await this.deps.scenarios.again(tenant, id, change);
    } catch (error) {
      if (error instanceof Problem && (error.status === 410 || error.status === 404)) return undefined;
      throw error;
    }
  }
}
