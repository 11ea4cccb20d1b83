import type { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { ActRecord, Proposal, ProposalAsked } from '#libs/contracts';
import { refuse } from '#libs/domain/forecasting';
import { medicationRequestOf, targetOf, type Suggestion, type TherapySettings } from '#libs/domain/proposals';
import { notFound } from '#libs/platform/http';
import { addProposal, findTwin, knownUntil, type ScenarioStore } from '#libs/platform/storage';
import { once, recordAct, type ActCall } from '../acts/record-act.js';
import { storedOf } from '../scenarios/scenarios.js';
import type { ComputedProposal } from '../simulation/model-tasks.js';
import type { ModelThreads } from '../simulation/model-threads.js';
import { loadPerson } from '../simulation/person.js';
import { PERSONAL_GLUCOSE } from '../simulation/personal-glucose.js';
import { invalid, modelRefuses } from '../simulation/refusals.js';
import { decidedDoses, streamedForecast } from './asked-of.js';
import type { StoredProposal } from './stored-proposal.js';
import type { Therapies } from './therapies.js';

export interface ProposalsDeps {
  readonly pool: Pool;
  readonly scenarios: Pick<ScenarioStore, 'add'>;
  readonly therapies: Pick<Therapies, 'valid'>;
  readonly threads: Pick<ModelThreads, 'now'>;
  /** ms since 1970 */
  readonly now: () => number;
}

const HOUR = 3_600_000;
const MIDDLE = 2;
const DISCLAIMER =
  'Investigational decision support for clinicians, not a cleared medical device. A proposal is no order: nothing is given, changed or sent to a device by it.';
const ALTERNATIVES = [
  'Do nothing, and look again with the next reading.',
  'Check with a meter before any dose.',
  'Illness, steroids, alcohol, exercise, pregnancy, an age under 18 years and renal failure are not in the model.',
];

/** Suggestions for a clinician. Nothing is actuated: there is no connection to a pump, and no order is ever written. */
export class Proposals {
  constructor(private readonly deps: ProposalsDeps) {}

  /** @throws Problem 400, 404, 422 `model-refuses`, 503 */
  async make(call: ActCall, patient: string, request: ProposalAsked): Promise<Proposal> {
    const { pool, therapies, threads, now } = this.deps;
    const { key: tenant } = call.access.tenant;
    const twin = await findTwin(pool, tenant, patient);
    if (twin === undefined) throw notFound('the patient');
    const therapy = await therapies.valid(tenant, twin.key);
    if (therapy === undefined) throw modelRefuses(NO_THERAPY, PERSONAL_GLUCOSE.id);
    const target = aimedAt(request, therapy);
    const at = now();
    const knownAt = Math.min(at, (await knownUntil(pool, tenant, twin.key)) ?? at);
    const span = { at, from: at - 24 * HOUR, to: at + 4 * HOUR };
    const [person, decided, forecast] = await Promise.all([
      loadPerson(pool, { tenant, twin: twin.key, knownAt }, span),
      decidedDoses(pool, tenant, patient, at),
      streamedForecast(pool, tenant, twin.key, at),
    ]);
    const outcome = await threads.now({
      kind: 'proposal',
      case: {
        kind: request.kind,
        person: { tenant, patient, ...person },
        therapy,
        target,
        carbohydrates: request.carbohydrates ?? 0,
        now: at,
        knownAt,
        decided,
        forecast,
      },
    });
    if (outcome.kind === 'refused') throw modelRefuses(outcome, PERSONAL_GLUCOSE.id);
    const proposal = proposalOf(uuid(), patient, request, outcome.suggestion, at);
    return once(pool, call, { patient, request }, async (client) => {
      await this.storeScenario(call, patient, outcome);
      await addProposal(client, tenant, {
        id: proposal.id,
        patient,
        proposal: JSON.stringify(proposal),
        expiresAt: outcome.suggestion.expiresAt,
        createdAt: at,
      });
      await recordAct(client, call, { target: `Proposal/${proposal.id}`, patient, does: actOf(proposal) }, at);
      return proposal;
    });
  }

  /** A scenario follows from its id: that it stays where the proposal is not stored does no harm. */
  private async storeScenario(
    { access }: ActCall,
    patient: string,
    { suggestion: { foreseen }, digest }: ComputedProposal,
  ): Promise<void> {
    if (foreseen === null || digest === null) return;
    const whose = { tenant: access.tenant.key, client: access.client, patient };
    await this.deps.scenarios.add([storedOf(whose, foreseen.plan, { scenario: foreseen.scenario, digest })]);
  }
}

const NO_THERAPY = refuse(
  'missing-input',
  'There are no therapy settings that hold now: a clinician sets them with PUT /v1/twins/{patient}/therapy.',
);

function aimedAt({ target }: ProposalAsked, therapy: TherapySettings): number {
  if (target === undefined) return (therapy.target.low + therapy.target.high) / MIDDLE;
  const asked = targetOf(target);
  if (!('low' in asked)) throw invalid(asked);
  return (asked.low + asked.high) / MIDDLE;
}

function proposalOf(
  id: string,
  patient: string,
  { kind }: ProposalAsked,
  suggestion: Suggestion,
  issuedAt: number,
): StoredProposal {
  const { status, value, unit, reasons, checks, basis, expiresAt, foreseen } = suggestion;
  return {
    id,
    patient,
    kind,
    status,
    ...(value === undefined ? {} : { value, unit }),
    reasons: [...reasons],
    checks: [...checks],
    basis: { ...basis },
    alternatives: [...ALTERNATIVES],
    issuedAt: new Date(issuedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    scenario: foreseen?.scenario.id ?? null,
    fhir: medicationRequestOf({ id, patient, kind, issuedAt, suggestion }) as unknown as StoredProposal['fhir'],
    disclaimer: DISCLAIMER,
  };
}

function actOf({ id, kind, status, value, unit, scenario }: StoredProposal): ActRecord['does'] {
  return {
    type: 'propose',
    proposal: id,
    suggests: kind,
    status,
    ...(value === undefined ? {} : { value }),
    ...(unit === undefined ? {} : { unit }),
    ...(scenario === null ? {} : { scenario }),
  };
}
