import type { Pool } from 'pg';
import type { Tokens } from '#libs/platform/auth';
import { connectionsToWarm } from '#libs/platform/storage';
import { readJson } from '#libs/samples';
import { Pipeline, type PipelineParts } from './pipeline.js';
import { Tally } from './rejections/tally.js';

const ROUNDS = 10;
/** Tenant 0 is nobody's. */
const NOBODY = { tenant: { id: 'warm-up', key: 0 }, client: 'warm-up', scopes: [] };

export interface WarmUpParts extends Pick<PipelineParts, 'now'> {
  readonly pool: Pool;
  readonly tokens: Pick<Tokens, 'issue' | 'verifyToken'>;
  readonly subjects: PipelineParts['owners']['subjects'];
}

/**
 * Checks a token of a client that no tenant has, and reads a made-up sample, as a request does. Nothing is appended, listed or counted: the first
 * request after a start is as quick as the hundredth.
 */
export async function warmUp({ pool, tokens, subjects, now }: WarmUpParts): Promise<void> {
  const uncounted = { inc: () => undefined } as unknown as PipelineParts['metrics']['samplesRejected'];
  const unmeasured = { observe: () => undefined } as unknown as ReturnType<PipelineParts['metrics']['histogram']>;
  const pipeline = new Pipeline({
    // No sample gets so far as to make a source its sender's.
    owners: { subjects, sources: { resolve: () => Promise.resolve(new Map()) } },
    now,
    log: { append: () => Promise.reject(new Error('a warm-up appends nothing')) },
    rejections: { write: () => Promise.resolve() },
    metrics: {
      samplesAccepted: uncounted,
      samplesRejected: uncounted,
      counter: () => uncounted,
      histogram: () => unmeasured,
    },
  });
  const origin = { tenant: 0, client: 'warm-up', anySource: false, door: 'http', request: 'warm-up' } as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    await tokens.verifyToken((await tokens.issue(NOBODY)).token);
    const effectiveAt = new Date(now()).toISOString();
    const text = JSON.stringify([
      { patient: `warm-up-${round}`, code: 'glucose', value: 90, unit: 'mg/dL', effectiveAt },
    ]);
    const requests = Array.from({ length: connectionsToWarm(pool) }, async () => {
      const read = readJson(text);
      if (read.ok) await pipeline.take(read.entries, origin, new Tally());
    });
    await Promise.all(requests);
  }
}
