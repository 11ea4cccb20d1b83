import type { PoolClient } from 'pg';
import { twinKey, TOPICS } from '#libs/contracts';
import { createMemory, type Catalogue } from '#libs/domain/twin';
import type { LogRecord } from '#libs/platform/messaging';
import {
  isQuarantined,
  loadClientIds,
  loadIdentities,
  loadWindows,
  removeDeferred,
  twinVersion,
  type DeferredRecord,
  type PatientId,
  type SourceKeys,
} from '#libs/platform/storage';
import { evolve } from '../apply/evolve.js';
import { holdTwins } from '../apply/hold-twins.js';
import { readRecords } from '../apply/read-records.js';
import { evolvedOf, workOf } from '../apply/works.js';
import { quarantine } from '../quarantine/quarantine.js';
import { committedOf, type Committed } from '../write/committed.js';
import { deadLetterOf } from '../write/dead-letters.js';
import { emitAlerts } from '../write/emit-alerts.js';
import { writeChanges } from '../write/write-changes.js';
import type { BacklogMemories, HeldPatient } from './backlog-memories.js';

/** Stored values of one measure that a late value may need: a day and a quarter at 4 Hz. */
const MAX_WINDOW = 450_000;
/** Values of one measure kept between transactions of a patient. */
const WINDOW_KEPT = 450_000;

export interface DeferredDeps {
  readonly sources: SourceKeys;
  readonly catalogue: Catalogue;
  /** Milliseconds in the core per transaction, about: then another patient has its turn. */
  readonly sliceMs: number;
}

/** Records of one patient that the engine has left. */
export interface Deferred {
  readonly patient: PatientId;
  readonly records: readonly DeferredRecord[];
  readonly now: number;
}

/** Applies deferred records in the caller's transaction, and removes them. @returns undefined when there was nothing to apply */
export async function applyDeferred(
  client: PoolClient,
  { patient, records: waiting, now }: Deferred,
  deps: DeferredDeps,
  memories: BacklogMemories,
): Promise<{ readonly result: Committed; readonly settle: () => void } | undefined> {
  if (waiting.length === 0 || (await isQuarantined(client, patient))) return undefined;
  const locked = performance.now();
  const key = twinKey(patient.tenant, 'patient', patient.patient);
  const { groups, deadLetters } = readRecords(waiting.map(logRecordOf));
  const stored = await twinVersion(client, patient);
  const known = memories.get(key, stored);
  const { held, unreadable } = await holdTwins(client, deps.catalogue, { get: () => known?.twin }, groups);
  const loaded = performance.now();
  const memory = known?.memory ?? createMemory(WINDOW_KEPT);
  const works = [...groups.values()].flatMap((group) => {
    const twin = held.get(group.patient);
    return twin === undefined ? [] : [workOf(group, twin, memory)];
  });
  await evolve(
    works,
    deps.catalogue,
    {
      clients: (tenants) => loadClientIds(client, tenants),
      identities: (wanted) => loadIdentities(client, wanted),
      windows: (wanted) => loadWindows(client, wanted, MAX_WINDOW),
    },
    { maxMs: deps.sliceMs, onTooMany: 'reject' },
  );
  // What could not be read has no place among the rest, so it goes with the first part.
  const unread = new Set(deadLetters.map(({ offset }) => offset));
  const left = new Set(works.flatMap((work) => work.records.slice(work.taken).map(({ log }) => log.offset)));
  // Of an unreadable twin they all stay, and wait until it can be read.
  const records = unreadable.length > 0 ? [] : waiting.filter(({ offset }) => unread.has(offset) || !left.has(offset));
  for (const { failed } of works)
    for (const { record, reason } of failed) deadLetters.push(deadLetterOf(record.log, record.input.tenant, reason));
  const evolved = works.map(evolvedOf);
  const computed = performance.now();
  const quarantined = await quarantine(client, unreadable);
  const taken = unreadable.length > 0 ? [] : deadLetters;
  const { changes, alerts, webhooks, settle } = await writeChanges(client, {
    catalogue: deps.catalogue,
    evolved,
    deadLetters: taken,
    now,
    sources: deps.sources,
    isApart: false,
    alerts: quarantined.alerts,
    alongside: () => [removeDeferred(client, records)],
  });
  const lanes = await emitAlerts(client, alerts, now, webhooks);
  const wrote = performance.now();
  const measured = {
    deadLetters: taken.length,
    quarantine: quarantined,
    deferred: 0,
    lanes,
    now,
    records: records.length,
  };
  const stages = { load: loaded - locked, evolve: computed - loaded, write: wrote - computed };
  return {
    result: committedOf(evolved, changes, { ...measured, stages }),
    settle: () => {
      settle();
      for (const { after } of changes.flatMap(({ written }) => written)) {
        const next: HeldPatient = { twin: after, memory };
        memories.put(key, next);
      }
    },
  };
}

export function logRecordOf({ tenant, patient, partition, offset, value }: DeferredRecord): LogRecord {
  const key = twinKey(tenant, 'patient', patient);
  return { topic: TOPICS.patientInput, partition, offset, key, value, headers: {}, appendedAt: 0 };
}
