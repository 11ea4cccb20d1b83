import { WARM_CONNECTIONS } from '#libs/platform/storage';
import { readJson } from '#libs/samples';
import { Pipeline, type PipelineParts } from './pipeline.js';
import { Tally } from './rejections/tally.js';

const ROUNDS = 20;

/**
 * Reads a made-up sample of a patient that no tenant has, as a request does. Nothing is appended, listed or counted: the first request
 * after a start is as quick as the hundredth.
 */
export async function warmUp({
  subjects,
  now,
}: Pick<PipelineParts['owners'], 'subjects'> & Pick<PipelineParts, 'now'>): Promise<void> {
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
  // Tenant 0 is nobody's.
  const origin = { tenant: 0, client: 'warm-up', anySource: false, door: 'http', request: 'warm-up' } as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    const effectiveAt = new Date(now()).toISOString();
    const text = JSON.stringify([
      { patient: `warm-up-${round}`, code: 'glucose', value: 90, unit: 'mg/dL', effectiveAt },
    ]);
    const requests = Array.from({ length: WARM_CONNECTIONS }, async () => {
      const read = readJson(text);
      if (read.ok) await pipeline.take(read.entries, origin, new Tally());
    });
    await Promise.all(requests);
  }
}
