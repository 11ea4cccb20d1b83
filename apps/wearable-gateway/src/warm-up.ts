import type { Pool } from 'pg';
import type { Tokens } from '#libs/platform/auth';
import type { Position } from '#libs/platform/messaging';
import { connectionsToWarm } from '#libs/platform/storage';
import { readJson } from '#libs/samples';
import { Pipeline, type PipelineParts } from './pipeline.js';
import { Tally } from './rejections/tally.js';

const ROUNDS = 10;
/** About as many as the code needs to be compiled for speed. */
const REQUESTS = 200;
const AT_ONCE = 8;
/** Tenant 0 is nobody's. */
const NOBODY = { tenant: { id: 'warm-up', key: 0 }, client: 'warm-up', scopes: [] };
const ORIGIN = { tenant: 0, client: 'warm-up', anySource: false, door: 'http', request: 'warm-up' } as const;

export interface WarmUpParts extends Pick<PipelineParts, 'now'> {
  readonly pool: Pool;
  readonly tokens: Pick<Tokens, 'issue' | 'verifyToken' | 'rehearse'>;
  readonly subjects: PipelineParts['owners']['subjects'];
  /** The process's own address. */
  readonly url: string;
}

/**
 * Does all that a request does, many times, so that the first requests after a start are as quick as the thousandth: looks up made-up patients on
 * every connection, checks a token of a client that no tenant has, reads and groups made-up samples, and sends itself requests without
 * samples. Nothing is appended, listed or counted as a sample.
 */
export async function warmUp(parts: WarmUpParts): Promise<void> {
  await lookUpPatients(parts);
  await readSamples(parts);
  await parts.tokens.rehearse(['samples.write'], (token) =>
    atOnce(REQUESTS, async () => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${parts.url}/v1/samples`, { method: 'POST', headers, body: '[]' });
      await answer.arrayBuffer();
    }),
  );
}

async function lookUpPatients({ pool, tokens, subjects, now }: WarmUpParts): Promise<void> {
  const pipeline = pipelineOf({ subjects, now });
  for (let round = 0; round < ROUNDS; round += 1) {
    await tokens.verifyToken((await tokens.issue(NOBODY)).token);
    const text = sampleOf(`warm-up-${round}`, now());
    await Promise.all(Array.from({ length: connectionsToWarm(pool) }, () => take(pipeline, text)));
  }
}

/** Of patients who are taken to be there, up to the log. */
async function readSamples({ now }: WarmUpParts): Promise<void> {
  const subjects: PipelineParts['owners']['subjects'] = {
    resolve: (_, patients) =>
      Promise.resolve({
        patients: new Map(
          patients.flatMap((one) =>
            one.kind === 'id' ? [[one.id, { kind: 'patient', subject: { patient: one.id, bornAt: undefined } }]] : [],
          ),
        ),
        devices: new Map(),
      }),
  };
  const pipeline = pipelineOf({ subjects, now });
  await atOnce(REQUESTS, (index) => take(pipeline, sampleOf(`warm-up-${index}`, now())));
}

function pipelineOf({ subjects, now }: Pick<WarmUpParts, 'subjects' | 'now'>): Pipeline {
  const uncounted = { inc: () => undefined } as unknown as PipelineParts['metrics']['samplesRejected'];
  const unmeasured = { observe: () => undefined } as unknown as ReturnType<PipelineParts['metrics']['histogram']>;
  return new Pipeline({
    owners: { subjects, sources: { resolve: (_, client, used) => Promise.resolve(ownedBy(client, used)) } },
    now,
    log: {
      append: (records) => Promise.resolve(records.map(({ topic }): Position => ({ topic, partition: 0, offset: 0n }))),
    },
    rejections: { write: () => Promise.resolve() },
    metrics: {
      samplesAccepted: uncounted,
      samplesRejected: uncounted,
      counter: () => uncounted,
      histogram: () => unmeasured,
    },
  });
}

function ownedBy(client: string, sources: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map([...sources].map((source) => [source, client]));
}

function sampleOf(patient: string, at: number): string {
  const effectiveAt = new Date(at).toISOString();
  return JSON.stringify([{ patient, code: 'glucose', value: 90, unit: 'mg/dL', effectiveAt }]);
}

async function take(pipeline: Pipeline, text: string): Promise<void> {
  const read = readJson(text);
  if (read.ok) await pipeline.takeAll(read.entries, ORIGIN, new Tally());
}

/** `count` calls, {@link AT_ONCE} at a time. */
async function atOnce(count: number, call: (index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => call(from + index)));
}
