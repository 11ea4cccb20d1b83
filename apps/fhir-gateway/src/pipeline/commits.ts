import type { Access } from '#libs/platform/auth';
import {
  decide,
  furtherLookupsOf,
  lookupsOf,
  oneIssue,
  refusalOf,
  RepositoryBusyError,
  type CommitMode,
  type Decision,
  type FhirKnown,
  type FhirRepository,
  type Step,
  type StepResult,
} from '#libs/fhir-rest';
import type { Interaction, Meter } from '../meter.js';

export interface PipelineDeps {
  readonly repository: FhirRepository;
  readonly meter: Meter;
  /** ms since 1970 */
  readonly now: () => number;
  readonly newId: () => string;
  /** Where clients reach the server when a proxy stands in front; else what they call it is believed. */
  readonly publicUrl?: string | undefined;
}

/** Step 4 of the pipeline: look → decide → write → append to the log, in one transaction of the repository. */
export class Commits {
  constructor(private readonly deps: Pick<PipelineDeps, 'repository' | 'meter' | 'now' | 'newId'>) {}

  /** @throws OutcomeProblem when a step of an `atomic` request is refused: nothing of it stays */
  async commit(steps: readonly Step[], access: Access, mode: CommitMode): Promise<Decision> {
    const origin = {
      tenant: access.tenant.key,
      author: access.client,
      request: this.deps.newId(),
      receivedAt: this.deps.now(),
    };
    const lookups = {
      first: lookupsOf(steps),
      further: (known: FhirKnown) => furtherLookupsOf(steps, known),
    };
    const decision = await this.deps.repository
      .commit(origin, lookups, (known) => decide(steps, known, origin.receivedAt, mode), mode)
      .catch(busy);
    const bad = mode === 'atomic' ? refusalOf(decision.results) : undefined;
    if (bad !== undefined) {
      this.deps.meter.refused(steps.length);
      throw bad;
    }
    this.deps.meter.stored(steps, decision);
    return decision;
  }

  /** What came of a request of one step. */
  async one(step: Step, access: Access): Promise<StepResult> {
    const [result] = (await this.commit([step], access, 'atomic')).results;
    if (result === undefined) throw new Error('a step has no result');
    return result;
  }

  timed<T>(interaction: Interaction, work: () => Promise<T>): Promise<T> {
    return this.deps.meter.timed(interaction, work);
  }
}

function busy(error: unknown): never {
  if (!(error instanceof RepositoryBusyError)) throw error;
  throw oneIssue(503, 'transient', 'others write the same resources; try again', undefined, { 'retry-after': '1' });
}
