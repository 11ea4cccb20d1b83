import type { BundleJobs } from '#libs/platform/storage';
import { capabilityStatement, FHIR_JSON, smartSecurity, type Answer, type OwnBases } from '#libs/fhir-rest';
import { RestrictedReads } from './access/restricted-reads.js';
import { AsyncBundles } from './pipeline/async-bundles.js';
import { Bundles } from './pipeline/bundles.js';
import { Commits, type PipelineDeps } from './pipeline/commits.js';
import { Histories } from './pipeline/histories.js';
import { Reads } from './pipeline/reads.js';
import { Searches } from './pipeline/searches.js';
import { Validations } from './pipeline/validations.js';
import { Writes } from './pipeline/writes.js';

export interface JobDeps {
  /** Bundles whose answer is asked for later. */
  readonly jobs: BundleJobs;
  readonly onJobAdded: () => void;
}

/**
 * The steps of a FHIR request; `pipeline/` has them by interaction:
 * 1. read-request: text → resource or bundle of checked structure, or a precise refusal
 * 2. plan-request: bundle → steps, with ids given and references rewritten
 * 3. access: the scope of every step
 * 4. commits: one transaction of the repository: look → decide (pure) → write → append to the log
 * 5. *-answer: results → FHIR's answer
 *
 * All methods answer, or throw an OutcomeProblem (a refusal) or a broken part's error.
 */
export class Pipeline {
  readonly bundles: Bundles;
  readonly asyncBundles: AsyncBundles;
  readonly writes: Writes;
  readonly reads: Reads;
  readonly histories: Histories;
  readonly searches: Searches;
  readonly validations: Validations;

  private readonly startedAt: string;
  /** The statement for the address that was asked last: it is long, and the same for nearly everybody. */
  private stated: { readonly baseUrl: string; readonly body: string } | undefined;

  constructor(private readonly deps: PipelineDeps & JobDeps) {
    this.startedAt = new Date(deps.now()).toISOString();
    const commits = new Commits(deps);
    const versions = new RestrictedReads(deps.repository);
    this.bundles = new Bundles(commits, deps);
    this.asyncBundles = new AsyncBundles(deps.jobs, this.bundles, deps, deps.onJobAdded);
    this.writes = new Writes(commits, deps);
    this.reads = new Reads(versions, commits);
    this.histories = new Histories(versions, commits);
    this.searches = new Searches(deps.repository, versions, commits, deps.now);
    this.validations = new Validations(versions, commits);
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
    if (this.stated?.baseUrl !== baseUrl) {
      const statement = capabilityStatement({
        baseUrl,
        date: this.startedAt,
        limits: { entries: this.deps.maxEntries, bytes: 16 * 1024 * 1024 },
        security: smartSecurity(baseUrl.replace(/\/fhir\/r4$/, '')),
      });
      this.stated = { baseUrl, body: JSON.stringify(statement) };
    }
    return { status: 200, headers: { 'content-type': FHIR_JSON }, body: this.stated.body };
  }
}
