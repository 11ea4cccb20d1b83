import type { Access } from '#libs/platform/auth';
import {
  decide,
  furtherLookupsOf,
  lookupsOf,
  oneIssue,
  refusalOf,
  RepositoryBusyError,
  type Answer,
  type CommitMode,
  type Decision,
  type FhirKnown,
  type FhirRepository,
  type Once,
  type ReadLater,
  type Repetition,
  type Step,
  type StepResult,
  type ValidationMode,
} from '#libs/fhir-rest';
import { lookupsWithin } from '../access/search-access.js';
import { readerOf } from '../access/scope-filter.js';
import type { Interaction, Meter } from '../meter.js';

export interface PipelineDeps {
  readonly repository: FhirRepository;
  readonly meter: Meter;
  /** Of a tenant, by its key. */
  readonly validationMode: (tenant: number) => Promise<ValidationMode>;
  /** ms since 1970 */
  readonly now: () => number;
  readonly newId: () => string;
  /** Where clients reach the server when a proxy stands in front; else the name by which they call it. */
  readonly publicUrl?: string | undefined;
  /** Entries of one bundle. */
  readonly maxEntries: number;
}

/** What a request does, checked and permitted. */
interface Work {
  readonly steps: readonly Step[];
  readonly access: Access;
  readonly mode: CommitMode;
  readonly once?: Once | undefined;
  /** For steps that see what the request writes: those of bundles. */
  readonly readLater?: ReadLater;
}

/** Step 4 of the pipeline: look → decide → write → append to the log, in one transaction of the repository. */
export class Commits {
  constructor(private readonly deps: Pick<PipelineDeps, 'repository' | 'meter' | 'now' | 'newId'>) {}

  /**
   * @param toAnswer what the client is answered; kept with the effect where the request is to take effect once
   * @throws OutcomeProblem when a step of an `atomic` request is refused: nothing of it stays
   * @throws JobCancelledError
   */
  async answer(
    { steps, access, mode, once, readLater }: Work,
    toAnswer: (decision: Decision) => Answer,
  ): Promise<Answer> {
    const origin = {
      ...readerOf(access),
      author: access.client,
      request: this.deps.newId(),
      receivedAt: this.deps.now(),
    };
    const lookups = {
      steps,
      first: lookupsWithin(access, lookupsOf(steps)),
      further: (known: FhirKnown) => {
        const more = furtherLookupsOf(steps, known);
        return more === undefined ? undefined : lookupsWithin(access, more);
      },
    };
    const kept = once === undefined ? undefined : { ...once, answer: toAnswer };
    const committed = await this.deps.repository
      .commit(
        origin,
        lookups,
        (known) => decide(steps, known, origin.receivedAt, mode, origin.allowed),
        mode,
        kept,
        readLater,
      )
      .catch(busy);
    if (committed.kind === 'cancelled') throw new JobCancelledError('the job is gone, or another attempt has it');
    if (committed.kind !== 'committed') return repetitionAnswer(committed);
    const { decision } = committed;
    const bad = mode === 'atomic' ? refusalOf(decision.results) : undefined;
    if (bad !== undefined) {
      this.deps.meter.refused(steps.length);
      throw bad;
    }
    this.deps.meter.stored(steps, decision);
    return toAnswer(decision);
  }

  /** A request of one step. */
  one(step: Step, access: Access, once: Once | undefined, toAnswer: (result: StepResult) => Answer): Promise<Answer> {
    return this.answer({ steps: [step], access, mode: 'atomic', once }, ({ results: [result] }) => {
      if (result === undefined) throw new Error('a step has no result');
      return toAnswer(result);
    });
  }

  timed<T>(interaction: Interaction, work: () => Promise<T>): Promise<T> {
    return this.deps.meter.timed(interaction, work);
  }
}

/** What a job was to do has no effect: its client has forgotten it, or another attempt does it. */
export class JobCancelledError extends Error {
  override readonly name = 'JobCancelledError';
}

/** The answer of the first request with the key. @throws OutcomeProblem while that runs, or when it was another request */
export function repetitionAnswer(repetition: Repetition): Answer {
  switch (repetition.kind) {
    case 'repeated': {
      const { answer } = repetition;
      return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
    }
    case 'in-progress':
      throw oneIssue(409, 'conflict', 'the request with this Idempotency-Key is being done; ask again', undefined, {
        'retry-after': '1',
      });
    case 'key-reused':
      throw oneIssue(422, 'business-rule', 'this Idempotency-Key was used for another request; use a new one');
  }
}

/** Whose keys and jobs they are: clients of an outside issuer are none of ours, whatever their ids. */
export function clientKey({ client, issuer }: Pick<Access, 'client' | 'issuer'>): string {
  return issuer === undefined ? client : `${issuer} ${client}`;
}

function busy(error: unknown): never {
  if (!(error instanceof RepositoryBusyError)) throw error;
  throw oneIssue(503, 'transient', 'others write the same resources; try again', undefined, { 'retry-after': '1' });
}
