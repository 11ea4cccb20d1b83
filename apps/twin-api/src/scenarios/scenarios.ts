import type { Pool } from 'pg';
import { z } from 'zod';
import type { Scenario, ScenarioAsked, ScenarioListSchema, ScenariosQuery } from '#libs/contracts';
import { MODEL_IDS, refuse, type ModelRefusal } from '#libs/domain/forecasting';
import { planScenario, scenarioId, type ScenarioPlan } from '#libs/domain/scenarios';
import { decodeCursor, notFound, pageOf, Problem } from '#libs/platform/http';
import { findTwin, knownUntil, type ScenarioStore, type StoredScenario } from '#libs/platform/storage';
import type { ComputedScenario } from '../simulation/model-tasks.js';
import type { ModelThreads } from '../simulation/model-threads.js';
import { loadPerson } from '../simulation/person.js';
import { PERSONAL_GLUCOSE } from '../simulation/personal-glucose.js';
import { invalid, modelRefuses } from '../simulation/refusals.js';
import { Ms, Uuid } from '../twins/places.js';
import { iso } from '../wire.js';

export interface ScenariosDeps {
  readonly pool: Pool;
  readonly store: ScenarioStore;
  readonly threads: Pick<ModelThreads, 'now' | 'forJob'>;
  /** ms since 1970 */
  readonly now: () => number;
}

/** Whose scenario, and who asks. */
export interface ScenarioCall {
  readonly tenant: number;
  readonly client: string;
  readonly patient: string;
}

/** An amount in its canonical unit. */
export interface Given {
  readonly of: 'insulin-bolus' | 'carbohydrate-intake';
  readonly x: number;
}

const Place = z.object({ askedAt: Ms, id: Uuid });
const MINUTE = 60_000;
/** Draws times minutes, about 0.7 s of CPU: what is larger takes its turn with jobs, so that those who ask little do not wait for it. */
const LARGE = 1_500_000;
/** What was measured and given so long before a branch still acts in it. */
const HISTORY_MS = 24 * 3_600_000;

/** What-if: computed when it is asked, stored as what it follows from. It never touches the twin. */
export class Scenarios {
  constructor(private readonly deps: ScenariosDeps) {}

  /** @throws Problem 400, 404, 422 `model-refuses`, 503 */
  async run(call: ScenarioCall, asked: ScenarioAsked): Promise<Scenario> {
    const { pool, store, now } = this.deps;
    this.refuseModel(asked.model);
    const twin = await findTwin(pool, call.tenant, call.patient);
    if (twin === undefined) throw notFound('the patient');
    const at = now();
    const known = Math.min(at, (await knownUntil(pool, call.tenant, twin.key)) ?? at);
    const plan = planScenario(asked, { now: at, known });
    if (!('arms' in plan)) throw invalid(plan);
    const outcome = await this.compute(call, twin.key, plan, 'now');
    if (outcome.kind === 'refused') throw modelRefuses(outcome, plan.model);
    await store.add([storedOf(call, plan, outcome)]);
    return outcome.scenario;
  }

  /** What was asked of a patient, newest first. @throws Problem 400 for a cursor; 404 without the patient */
  async asked(
    tenant: number,
    patient: string,
    { limit, cursor }: z.output<typeof ScenariosQuery>,
  ): Promise<z.input<typeof ScenarioListSchema>> {
    const list = { list: 'scenarios', tenant, of: patient };
    const after = decodeCursor(list, Place, cursor);
    if ((await findTwin(this.deps.pool, tenant, patient)) === undefined) throw notFound('the patient');
    const rows = await this.deps.store.list(tenant, patient, { after, limit: limit + 1 });
    return pageOf(
      list,
      rows,
      limit,
      ({ id, askedAt, client, plan, modelVersion }) => {
        const { model, from, knownAt, minutes, arms } = JSON.parse(plan) as ScenarioPlan;
        return {
          id,
          askedAt: iso(askedAt),
          askedBy: client,
          model: { id: model, version: modelVersion },
          from: iso(from),
          knownAt: iso(knownAt),
          minutes,
          arms: arms.map(({ name }) => name),
        };
      },
      ({ askedAt, id }) => ({ askedAt, id }),
    );
  }

  /**
   * The same bytes as when it was asked; with `instead` an arm more, in which that is given at the beginning.
   *
   * @throws Problem 404; 410 where it cannot be derived any more
   */
  async again(tenant: number, id: string, instead?: Given): Promise<Scenario> {
    const stored = await this.deps.store.find(tenant, id);
    const twin = stored && (await findTwin(this.deps.pool, tenant, stored.patient));
    if (stored === undefined || twin === undefined) throw notFound('the scenario');
    const plan = JSON.parse(stored.plan) as ScenarioPlan;
    if (stored.modelVersion !== PERSONAL_GLUCOSE.version)
      throw new Problem(410, 'model-changed', `the model is not version ${stored.modelVersion} any more; ask again`);
    const call = { tenant, client: '', patient: stored.patient };
    const outcome = await this.compute(call, twin.key, withArm(plan, instead), 'now');
    if (outcome.kind === 'refused' || (instead === undefined && outcome.digest !== stored.digest))
      throw new Problem(410, 'not-derivable', 'what the scenario rests on is not there any more as it was');
    return outcome.scenario;
  }

  /** For a batch: what is there for one of its patients, stored; or why there is nothing. */
  async runLater(call: ScenarioCall, asked: ScenarioAsked): Promise<Scenario | ModelRefusal> {
    const { pool, store, now } = this.deps;
    const twin = await findTwin(pool, call.tenant, call.patient);
    if (twin === undefined) return refuse('no-data', 'The patient is not known.');
    const at = now();
    const known = Math.min(at, (await knownUntil(pool, call.tenant, twin.key)) ?? at);
    const plan = planScenario(asked, { now: at, known });
    if (!('arms' in plan)) return refuse('outside-domain', plan[0]?.detail ?? 'The request does not fit.');
    const outcome = await this.compute(call, twin.key, plan, 'forJob');
    if (outcome.kind === 'refused') return outcome;
    await store.add([storedOf(call, plan, outcome)]);
    return outcome.scenario;
  }

  /** @throws Problem 400 for a model that is none; 422 for one that does not simulate a person */
  refuseModel(model: string): void {
    if (model === PERSONAL_GLUCOSE.id) return;
    if (!(MODEL_IDS as readonly string[]).includes(model))
      throw invalid([{ pointer: '/model', code: 'model-unknown', detail: 'must be a model of GET /v1/models' }]);
    const why = `${model} does not simulate a person from the state of the twin; ${PERSONAL_GLUCOSE.id} does.`;
    throw modelRefuses(refuse('outside-domain', why), model);
  }

  private async compute(
    { tenant, patient }: ScenarioCall,
    twin: string,
    plan: ScenarioPlan,
    when: 'now' | 'forJob',
  ): Promise<ComputedScenario | ModelRefusal> {
    const { from, minutes, knownAt } = plan;
    const span = { at: from, from: from - HISTORY_MS, to: from + minutes * MINUTE };
    const person = await loadPerson(this.deps.pool, { tenant, twin, knownAt }, span);
    const threads = isLarge(plan) ? 'forJob' : when;
    return this.deps.threads[threads]({ kind: 'scenario', branch: { tenant, patient, plan, ...person } });
  }
}

/** What a scenario that was computed is stored as. */
export function storedOf(
  { tenant, client, patient }: ScenarioCall,
  plan: ScenarioPlan,
  { scenario, digest }: Pick<ComputedScenario, 'scenario' | 'digest'>,
): StoredScenario {
  const modelVersion = scenario.model.version;
  const parametersVersion = scenario.parameters.version ?? 0;
  return {
    tenant,
    id: scenarioId({ tenant, patient, plan, modelVersion, parametersVersion }),
    patient,
    plan: JSON.stringify(plan),
    modelVersion,
    parametersVersion,
    client,
    digest,
  };
}

function isLarge({ arms, draws, minutes }: ScenarioPlan): boolean {
  return arms.length * draws * minutes > LARGE;
}

function withArm(plan: ScenarioPlan, given: Given | undefined): ScenarioPlan {
  if (given === undefined) return plan;
  const changes = [...plan.arms[0]!.changes, { kind: 'amount', ...given, t: plan.from } as const];
  return { ...plan, arms: [...plan.arms, { name: 'instead', changes }] };
}
