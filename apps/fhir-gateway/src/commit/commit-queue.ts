import { isSimple, type Committed } from '#libs/fhir-rest';
import type { CommitRequest } from './commit-request.js';
import type { Together } from './commit-together.js';
import { HeldLocks } from './held-locks.js';

/**
 * Transactions of several requests are one after the other: two at once would share less, and wait for each other's counters. One that takes
 * longer than this, because it waits or searches, lets the next one begin, ms.
 */
const NEXT_AFTER_MS = 30;
/** Of them at once, however long they take. */
const AT_ONCE = 4;
/** Of one transaction: a request waits for those that share it. */
const MAX_REQUESTS = 32;
const MAX_STEPS = 200;
/** Larger ones are worth a transaction of their own, and would hold up small ones. */
const MAX_STEPS_OF_ONE = 100;

interface Ways {
  readonly together: (requests: readonly CommitRequest[]) => Promise<Together>;
  readonly alone: (request: CommitRequest) => Promise<Committed>;
}

interface Waiting {
  readonly request: CommitRequest;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets small requests that arrive while others are being committed share the next transaction. No request waits for others to come: the
 * first of a quiet moment starts at once. What cannot be shared, or failed together, is done alone, in a transaction of its own.
 */
export class CommitQueue {
  private waiting: Waiting[] = [];
  private running = 0;
  /** Running ones that the next has to wait for. */
  private ahead = 0;
  private readonly held = new HeldLocks();

  constructor(private readonly ways: Ways) {}

  submit(request: CommitRequest): Promise<Committed> {
    if (!canShare(request)) return this.ways.alone(request);
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.start();
    });
  }

  private start(): void {
    if (this.ahead > 0 || this.running >= AT_ONCE) return;
    const group = this.take();
    if (group.length === 0) return;
    const release = this.held.hold(group.map(({ request }) => request.lookups.first));
    this.running += 1;
    this.ahead += 1;
    let isAhead = true;
    const pass = (): void => {
      if (isAhead) this.ahead -= 1;
      isAhead = false;
      this.start();
    };
    const late = setTimeout(pass, NEXT_AFTER_MS);
    void this.run(group).finally(() => {
      clearTimeout(late);
      release();
      this.running -= 1;
      pass();
    });
  }

  /** The first that waits for nothing that is held, and those behind it that can share its transaction. */
  private take(): readonly Waiting[] {
    const group: Waiting[] = [];
    const left: Waiting[] = [];
    let steps = 0;
    for (const one of this.waiting) {
      const { lookups } = one.request;
      const size = lookups.steps.length;
      const fits = group.length < MAX_REQUESTS && steps + size <= MAX_STEPS && !this.held.stops(lookups.first);
      if (fits && group.every(({ request }) => canJoin(one.request, request))) {
        group.push(one);
        steps += size;
      } else left.push(one);
    }
    this.waiting = left;
    return group;
  }

  /** Never throws. */
  private async run(group: readonly Waiting[]): Promise<void> {
    try {
      const done = await this.ways.together(group.map(({ request }) => request));
      // Those alone may wait long for what others have locked: nobody waits for them here.
      if (done.kind === 'lost') {
        for (const { request, resolve, reject } of group) void this.ways.alone(request).then(resolve, reject);
        return;
      }
      const again: Waiting[] = [];
      for (const [at, one] of group.entries()) {
        const outcome = done.outcomes[at];
        if (outcome?.kind === 'committed') one.resolve(outcome);
        else if (outcome?.kind === 'failed') one.reject(outcome.error);
        else again.push(one);
      }
      this.waiting.unshift(...again);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

/** Small, and no statements of its own. */
function canShare({ lookups: { steps, first }, kept }: CommitRequest): boolean {
  if (kept?.key !== undefined || kept?.job !== undefined || steps.length > MAX_STEPS_OF_ONE) return false;
  return isSimple(steps, first);
}

function canJoin(one: CommitRequest, other: CommitRequest): boolean {
  if (one.origin.tenant !== other.origin.tenant) return false;
  const [mine, theirs] = [one.lookups.first.visible, other.lookups.first.visible];
  return mine === undefined || theirs === undefined || mine === theirs;
}
