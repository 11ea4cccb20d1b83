import { RESOURCE_TYPES } from '#libs/domain/fhir';
import type { Access } from '#libs/platform/auth';
import { forbiddenIssue, missingScopes, requireScope } from './http/access.js';
import {
  bundleAnswer,
  capabilityStatement,
  decide,
  deletedAnswer,
  FHIR_JSON,
  fineOutcome,
  historyAnswer,
  lookupsOf,
  oneIssue,
  planRequest,
  readBundle,
  readResource,
  refusal,
  refusalOf,
  RepositoryBusyError,
  requireId,
  requireType,
  rewriteReferences,
  storedAnswer,
  writtenAnswer,
  type Answer,
  type CommitMode,
  type Decision,
  type FhirRepository,
  type OwnBases,
  type Preference,
  type ReferenceContext,
  type Step,
} from '#libs/fhir-rest';
import type { Interaction, Meter } from './meter.js';

export interface PipelineDeps {
  readonly repository: FhirRepository;
  readonly meter: Meter;
  /** ms since 1970 */
  readonly now: () => number;
  readonly newId: () => string;
  /** Where clients reach the server when a proxy stands in front; else what they call it is believed. */
  readonly publicUrl?: string | undefined;
}

export interface Target {
  readonly type: string;
  readonly id: string;
}

export interface Wishes {
  readonly baseUrl: string;
  /** Addresses of this server: references to them are references to its resources. */
  readonly own: OwnBases;
  readonly prefer: Preference;
}

/**
 * The steps of a FHIR request:
 * 1. read-request: text → resource or bundle of checked structure, or a precise refusal
 * 2. plan-request: bundle → steps, with ids given and references rewritten
 * 3. access: the scope of every step
 * 4. commit: one transaction of the repository: look → decide (pure) → write → append to the log
 * 5. *-answer: results → FHIR's answer
 *
 * All methods answer, or throw an OutcomeProblem (a refusal) or a broken part's error.
 */
export class Pipeline {
  constructor(private readonly deps: PipelineDeps) {}

  /** `POST /fhir/r4`. A transaction is atomic; the entries of a batch stand alone. */
  bundle(text: string, access: Access, { own, prefer }: Wishes): Promise<Answer> {
    return this.timed('bundle', async () => {
      const plan = planRequest(readBundle(text), this.deps.newId, own);
      const missing = missingScopes(access, plan.steps);
      if (plan.type === 'batch') {
        const steps = plan.steps.map((step) => forbidden(step, missing.get(step.index)));
        const decision = await this.commit(steps, access, 'each');
        return bundleAnswer('batch-response', decision.results, prefer);
      }
      const bad = refusalOf(plan.steps.filter((step) => step.kind === 'refused'));
      if (bad !== undefined) throw bad;
      if (missing.size > 0)
        throw refusal(
          403,
          [...missing].map(([index, scope]) => forbiddenIssue(scope, index)),
        );
      const decision = await this.commit(plan.steps, access, 'atomic');
      return bundleAnswer('transaction-response', decision.results, prefer);
    });
  }

  /** `POST /fhir/r4/{type}` */
  create(type: string, text: string, access: Access, wishes: Wishes): Promise<Answer> {
    return this.timed('write', async () => {
      requireScope(access, 'create', requireType(type));
      const { resource } = rewriteReferences(readResource(text, type), referencesTo(wishes.own));
      return this.written(
        { kind: 'create', index: 0, type, id: this.deps.newId(), at: type, resource },
        access,
        wishes,
      );
    });
  }

  /** `PUT /fhir/r4/{type}/{id}`; makes the resource when there is none (update as create). */
  update(
    { type, id }: Target,
    text: string,
    ifMatch: string | undefined,
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.timed('write', async () => {
      requireScope(access, 'update', requireType(type));
      requireId(id, type);
      const { resource } = rewriteReferences(readResource(text, type, id), referencesTo(wishes.own));
      return this.written({ kind: 'update', index: 0, type, id, at: type, resource, ifMatch }, access, wishes);
    });
  }

  /** `DELETE /fhir/r4/{type}/{id}` */
  remove({ type, id }: Target, ifMatch: string | undefined, access: Access): Promise<Answer> {
    return this.timed('delete', async () => {
      requireScope(access, 'delete', requireType(type));
      requireId(id, type);
      const result = (await this.commit([{ kind: 'delete', index: 0, type, id, at: type, ifMatch }], access, 'atomic'))
        .results[0];
      return deletedAnswer(result?.kind === 'deleted' ? result.resource : undefined);
    });
  }

  /** `GET /fhir/r4/{type}/{id}`, and one of its versions. */
  read({ type, id }: Target, version: string | undefined, access: Access): Promise<Answer> {
    return this.timed('read', async () => {
      requireScope(access, 'read', requireType(type));
      requireId(id, type);
      const tenant = access.tenant.key;
      const found =
        version === undefined
          ? await this.deps.repository.read(tenant, type, id)
          : /^[1-9]\d{0,8}$/.test(version)
            ? await this.deps.repository.readVersion(tenant, type, id, Number(version))
            : undefined;
      if (found === undefined) throw oneIssue(404, 'not-found', 'no such resource, or no such version of it', type);
      if (found.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', type);
      return storedAnswer(found);
    });
  }

  /** `GET /fhir/r4/{type}/{id}/_history` */
  history({ type, id }: Target, page: HistoryQuery, access: Access, baseUrl: string): Promise<Answer> {
    return this.timed('history', async () => {
      requireScope(access, 'read', requireType(type));
      requireId(id, type);
      const count = Math.min(positive(page.count, '_count') ?? 50, MAX_VERSIONS);
      const before = positive(page.before, 'before');
      const found = await this.deps.repository.history(access.tenant.key, type, id, {
        count: count + 1,
        ...(before === undefined ? {} : { before }),
      });
      if (found.versions.length === 0) throw oneIssue(404, 'not-found', 'no such resource', type);
      return historyAnswer(baseUrl, `${type}/${id}`, found, count);
    });
  }

  /** `GET /fhir/r4/{type}`: search is not there yet, and no answer would be a wrong one. */
  search(type: string, access: Access): never {
    requireScope(access, 'search', requireType(type));
    throw oneIssue(400, 'not-supported', 'search is not supported', type);
  }

  /** `POST /fhir/r4/{type}/$validate`: what a create would say of the structure; stores nothing. */
  validate(type: string, text: string, access: Access): Answer {
    requireScope(access, 'create', requireType(type));
    readResource(text, type);
    return { status: 200, headers: { 'content-type': FHIR_JSON }, body: fineOutcome('the structure is valid') };
  }

  /** The URL of this gateway, without a slash at its end. @param origin of the request, as the client called it */
  baseUrl(origin: string): string {
    return `${this.deps.publicUrl ?? origin}/fhir/r4`;
  }

  /** This gateway as it is configured, and as the client called it. */
  own(origin: string): OwnBases {
    return [...new Set([this.baseUrl(origin), `${origin}/fhir/r4`])];
  }

  capabilities(baseUrl: string): Answer {
    const statement = capabilityStatement(RESOURCE_TYPES, baseUrl, new Date(this.deps.now()).toISOString());
    return { status: 200, headers: { 'content-type': FHIR_JSON }, body: JSON.stringify(statement) };
  }

  private async written(step: Step, access: Access, wishes: Wishes): Promise<Answer> {
    const result = (await this.commit([step], access, 'atomic')).results[0];
    if (result?.kind !== 'written') throw new Error('a write gave no version');
    return writtenAnswer(result, wishes);
  }

  private async commit(steps: readonly Step[], access: Access, mode: CommitMode): Promise<Decision> {
    const origin = {
      tenant: access.tenant.key,
      author: access.client,
      request: this.deps.newId(),
      receivedAt: this.deps.now(),
    };
    const decision = await this.deps.repository
      .commit(origin, lookupsOf(steps), (known) => decide(steps, known, origin.receivedAt, mode), mode)
      .catch(busy);
    const bad = mode === 'atomic' ? refusalOf(decision.results) : undefined;
    if (bad !== undefined) {
      this.deps.meter.refused(steps.length);
      throw bad;
    }
    this.deps.meter.stored(steps, decision);
    return decision;
  }

  private timed<T>(interaction: Interaction, work: () => Promise<T>): Promise<T> {
    return this.deps.meter.timed(interaction, work);
  }
}

function referencesTo(own: OwnBases): ReferenceContext {
  return { own, targets: NO_TARGETS, sentIds: NO_TARGETS };
}

const NO_TARGETS: ReadonlyMap<string, string> = new Map();

function busy(error: unknown): never {
  if (!(error instanceof RepositoryBusyError)) throw error;
  throw oneIssue(503, 'transient', 'others write the same resources; try again', undefined, { 'retry-after': '1' });
}

export interface HistoryQuery {
  readonly count: unknown;
  readonly before: unknown;
}

const MAX_VERSIONS = 200;

function positive(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[1-9]\d{0,8}$/.test(value)) {
    throw oneIssue(400, 'value', `${name} must be a whole number from 1`);
  }
  return Number(value);
}

function forbidden(step: Step, scope: string | undefined): Step {
  if (scope === undefined) return step;
  return { kind: 'refused', index: step.index, status: 403, issues: [forbiddenIssue(scope, step.index)] };
}
