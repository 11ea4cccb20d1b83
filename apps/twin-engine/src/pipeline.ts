import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import {
  Coalescer,
  firstKept,
  reasonOf,
  withOwnOffsets,
  type Batch,
  type BatchOutcome,
  type Consumer,
  type EventLog,
  type LogRecord,
} from '#libs/platform/messaging';
import { SourceKeys, writeDeadLetters, type HotState } from '#libs/platform/storage';
import { wakeLanes } from '#libs/platform/delivery';
import { BatchApplier, type ApplierDeps } from './apply/apply-batches.js';
import type { Committed } from './write/committed.js';
import { deadLetterOf } from './write/dead-letters.js';
import { DeferredPatients } from './backlog/deferred-patients.js';
import { GROUP, OFFSETS } from './group.js';
import { HotViews } from './write/hot-views.js';
import { startBacklog } from './backlog/start-backlog.js';
import { TwinCache } from './apply/twin-cache.js';

export interface PipelineDeps {
  readonly pool: Pool;
  /** For the thread of the backlog lane; undefined: it runs in this thread. */
  readonly databaseUrl?: string;
  readonly log: Pick<EventLog, 'consume' | 'ends'>;
  readonly hot: Pick<HotState, 'put' | 'publish'>;
  readonly catalogue: Catalogue;
  readonly onCommitted: (committed: Committed) => void;
  readonly onProblem: ApplierDeps['onProblem'];
  readonly onFailed: (reason: string) => void;
}

export interface Pipeline {
  readonly consumer: Consumer;
  stop(): Promise<void>;
}

const MAX_RECORDS = 500;
/** Records of one transaction, about; large ones (waveforms, imports) are bounded by their size. */
const CHUNK_RECORDS = 1_000;
const CHUNK_CHARACTERS = 2_000_000;
const CACHED_CHARACTERS = 128_000_000;

/**
 * The way of a record: log → chunk → one transaction with others (Coalescer, apply-batches.ts), in which its alerts are queued for
 * the webhooks that want them and appended to their topic → the dispatchers are woken, hot state and live
 * subscribers (hot-views.ts) → the log's own commit, which is a hint. Records of a patient with a backlog are noted in that transaction
 * instead, and applied by the backlog lane (start-backlog.ts, backlog.ts). A crash anywhere repeats nothing and loses nothing.
 */
export async function startPipeline(deps: PipelineDeps): Promise<Pipeline> {
  const views = new HotViews(deps.hot, deps.catalogue, (error) => {
    deps.onProblem({ reason: `views were not shown: ${reasonOf(error)}`, partitions: [], records: 0 });
  });
  const cache = new TwinCache(CACHED_CHARACTERS);
  const onCommitted = (committed: Committed): void => {
    wakeLanes(deps.pool, committed.lanes).catch((error: unknown) => {
      deps.onProblem({
        reason: `dispatchers were not woken; they look by themselves: ${reasonOf(error)}`,
        partitions: [],
        records: 0,
      });
    });
    views.show(committed);
    deps.onCommitted(committed);
  };
  const backlog = startBacklog({
    pool: deps.pool,
    databaseUrl: deps.databaseUrl,
    catalogue: deps.catalogue,
    onCommitted,
    onProblem: ({ reason, records }) => deps.onProblem({ reason, partitions: [], records }),
  });
  const applier = new BatchApplier({
    pool: deps.pool,
    cache,
    deferred: new DeferredPatients(),
    sources: new SourceKeys(),
    catalogue: deps.catalogue,
    firstKept: (partition) => firstKept(deps.log, TOPICS.patientInput, partition),
    onCommitted: (committed) => {
      onCommitted(committed);
      if (committed.deferred > 0) backlog.wake();
    },
    onProblem: deps.onProblem,
  });
  const coalescer = new Coalescer((batches) => applier.apply(batches), {
    lanes: 2,
    maxRecords: CHUNK_RECORDS,
    maxCharacters: CHUNK_CHARACTERS,
  });
  const consumer = await deps.log.consume({
    group: GROUP,
    topic: TOPICS.patientInput,
    maxBatch: MAX_RECORDS,
    ...withOwnOffsets({ pool: deps.pool, log: deps.log, offsets: OFFSETS, noteDeadLetter }),
    onBatch: (batch) => inChunks(batch, (chunk) => coalescer.submit(chunk)),
    onFailed: deps.onFailed,
  });
  return {
    consumer,
    stop: async () => {
      await consumer.stop();
      await backlog.stop();
      await views.settled();
    },
  };
}

/** Bounded work between two signs of life; stops between chunks when the partition is being taken away. */
async function inChunks(batch: Batch, apply: (chunk: Batch) => Promise<BatchOutcome>): Promise<BatchOutcome> {
  let chunk: Batch['records'][number][] = [];
  let characters = 0;
  for (const record of batch.records) {
    if (chunk.length > 0 && characters + record.value.length > CHUNK_CHARACTERS) {
      const outcome = await apply({ ...batch, records: chunk });
      if (outcome.kind !== 'applied') return outcome;
      if (batch.signal.aborted) return { kind: 'seek', offset: record.offset };
      await batch.heartbeat();
      chunk = [];
      characters = 0;
    }
    chunk.push(record);
    characters += record.value.length;
  }
  return apply(chunk.length === batch.records.length ? batch : { ...batch, records: chunk });
}

/** Into the table that `GET /v1/dead-letters` reads. */
async function noteDeadLetter(client: PoolClient, record: LogRecord, reason: string): Promise<void> {
  const tenant = Number.parseInt(record.key, 10);
  await writeDeadLetters(client, [deadLetterOf(record, Number.isInteger(tenant) ? tenant : 0, reason)]);
}
