import type { ClientBase, Pool } from 'pg';
import type { z } from 'zod';
import type { ActRecord, DecideRequest, DecisionAnswerSchema, OverrideRequest } from '#libs/contracts';
import { measureByName, toCanonical } from '#libs/domain/quantities';
import { notFound, Problem } from '#libs/platform/http';
import {
  decidedProposals,
  decideProposal,
  findProposal,
  holdDecisions,
  holdProposal,
  type ProposalRow,
} from '#libs/platform/storage';
import { once, personBehind, recordAct, type ActCall } from '../acts/record-act.js';
import { invalid } from '../simulation/refusals.js';
import { decidedUnits, readProposal, type Decision, type StoredProposal } from './stored-proposal.js';

type Answer = z.input<typeof DecisionAnswerSchema>;
export type Asked = z.output<typeof DecideRequest> | z.output<typeof OverrideRequest>;

/** What people decide on proposals: acts, in the audit and the log, once for each proposal. */
export class Decisions {
  constructor(
    private readonly pool: Pool,
    private readonly now: () => number,
  ) {}

  /** @throws Problem 400, 404; 409 `already-decided`, `expired`, `nothing-proposed`; 422 `idempotency-key-reused` */
  decide(call: ActCall, id: string, status: Decision['status'], request: Asked): Promise<Answer> {
    const { key: tenant } = call.access.tenant;
    const onBehalfOf = personBehind(call);
    return once(this.pool, call, { id, status, request }, async (client) => {
      const found = await findProposal(client, tenant, id);
      if (found === undefined) throw notFound('the proposal');
      await holdDecisions(client, tenant, found.patient);
      const row = await holdProposal(client, tenant, id);
      if (row === undefined) throw notFound('the proposal');
      const at = this.now();
      if (row.decision !== null)
        throw new Problem(409, 'already-decided', 'somebody has decided on this proposal; look at it as it stands');
      if (at >= row.expiresAt)
        throw new Problem(409, 'expired', 'the reading that the proposal rests on is too old; ask for another one');
      const proposal = readProposal(row);
      if (status === 'accepted' && proposal.status === 'none')
        throw new Problem(409, 'nothing-proposed', 'nothing was proposed that could be accepted');
      if (status === 'accepted' && (await isOvertaken(client, tenant, row)))
        throw new Problem(
          409,
          'expired',
          'other insulin of this patient was decided on since this was proposed; ask for another one',
        );
      const done = amountOf(proposal, request);
      const { reason } = request;
      const does: ActRecord['does'] = {
        type: 'decide-proposal',
        proposal: id,
        decision: status,
        ...done,
        ...(reason === undefined ? {} : { note: reason }),
      };
      const place = { target: `Proposal/${id}`, patient: row.patient };
      const act = await recordAct(client, call, { ...place, does }, at);
      const decision: Decision = {
        status,
        at: new Date(at).toISOString(),
        act,
        client: call.access.client,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        ...(reason === undefined ? {} : { reason }),
        ...done,
      };
      await decideProposal(client, tenant, id, JSON.stringify(decision), at);
      return { id, act, status, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
    });
  }
}

/** Whether insulin was decided on that a proposal of insulin does not know of: two of them would add up. */
async function isOvertaken(client: ClientBase, tenant: number, row: ProposalRow): Promise<boolean> {
  if (readProposal(row).kind !== 'insulin-bolus') return false;
  const since = await decidedProposals(client, tenant, row.patient, row.createdAt);
  return since.some((other) => other.id !== row.id && decidedUnits(other) > 0);
}

const NOTHING: { readonly value?: number; readonly unit?: string } = {};

/** What is done in place of a proposal, in the canonical unit. */
function amountOf(
  { kind }: StoredProposal,
  asked: Asked,
): { readonly value: number; readonly unit: string } | Record<string, never> {
  const { value, unit } = 'value' in asked || 'unit' in asked ? asked : NOTHING;
  if (value === undefined && unit === undefined) return {};
  const measure = measureByName(kind)!;
  if (value === undefined) throw invalid([{ pointer: '/value', code: 'required', detail: 'belongs to a unit' }]);
  if (unit === undefined) throw invalid([{ pointer: '/unit', code: 'required', detail: 'belongs to a value' }]);
  const converted = toCanonical(measure, value, unit);
  if (!converted.ok) throw invalid([{ pointer: '/unit', code: converted.code, detail: converted.message }]);
  const [, most] = measure.plausible;
  if (converted.value > most)
    throw invalid([{ pointer: '/value', code: 'out-of-range', detail: `must be at most ${most} ${measure.unit}` }]);
  return { value: converted.value, unit: measure.unit };
}
