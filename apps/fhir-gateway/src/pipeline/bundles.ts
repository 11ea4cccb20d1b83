import type { Access } from '#libs/platform/auth';
import {
  bundleAnswer,
  planRequest,
  readBundle,
  refusal,
  refusalOf,
  type Answer,
  type ReadLater,
  type Step,
} from '#libs/fhir-rest';
import { forbiddenIssue, missingScopes } from '../access/required-scopes.js';
import type { Commits, PipelineDeps } from './commits.js';
import { LaterReads } from './later-reads.js';
import type { Wishes } from './wishes.js';

/** `POST /fhir/r4` */
export class Bundles {
  constructor(
    private readonly commits: Commits,
    private readonly deps: Pick<PipelineDeps, 'newId' | 'now' | 'maxEntries' | 'validationMode'>,
  ) {}

  /** A transaction is atomic; the entries of a batch stand alone. */
  take(text: string, access: Access, wishes: Wishes): Promise<Answer> {
    const { own, prefer, handling, once } = wishes;
    return this.commits.timed('bundle', async () => {
      const later = new LaterReads(access, wishes, this.deps.now());
      const readLater: ReadLater = (step, reads) => later.read(step, reads);
      const mode = await this.deps.validationMode(access.tenant.key);
      const plan = planRequest(readBundle(text), this.deps.newId, own, this.deps.maxEntries, mode, handling);
      const missing = missingScopes(access, plan.steps);
      if (plan.type === 'batch') {
        const steps = plan.steps.map((step) => forbidden(step, missing.get(step.index)));
        return this.commits.answer({ steps, access, mode: 'each', once, readLater }, ({ results }) =>
          bundleAnswer('batch-response', results, prefer),
        );
      }
      const bad = refusalOf(plan.steps.filter((step) => step.kind === 'refused'));
      if (bad !== undefined) throw bad;
      if (missing.size > 0)
        throw refusal(
          403,
          [...missing].map(([index, scope]) => forbiddenIssue(scope, index)),
        );
      return this.commits.answer({ steps: plan.steps, access, mode: 'atomic', once, readLater }, ({ results }) =>
        bundleAnswer('transaction-response', results, prefer),
      );
    });
  }
}

function forbidden(step: Step, scope: string | undefined): Step {
  if (scope === undefined) return step;
  return { kind: 'refused', index: step.index, status: 403, issues: [forbiddenIssue(scope, step.index)] };
}
