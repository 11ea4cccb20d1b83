import type { PoolClient } from 'pg';
import type { AlertRecord } from '#libs/contracts';
import { unreadableTwin, type UnreadableReason } from '#libs/domain/twin';
import {
  findEpisode,
  quarantineTwins,
  releaseTwin,
  writeTransitions,
  type PatientId,
  type QuarantinedTwin,
  type TransitionWrite,
} from '#libs/platform/storage';
import { alertRecordOf } from '../write/changes.js';

/** A stored twin that cannot be read. */
export interface UnreadableRow extends PatientId {
  readonly key: string;
  readonly reason: UnreadableReason;
}

/** What a transaction has to emit when all its rows are written; the log's counters are locked last. */
export interface QuarantineChanges {
  readonly transitions: readonly TransitionWrite[];
  readonly alerts: readonly AlertRecord[];
}

/** Quarantines the twins in the transaction that defers their records, and says so once: one alert per patient, not per record. */
export async function quarantine(client: PoolClient, rows: readonly UnreadableRow[]): Promise<QuarantineChanges> {
  const aside = await quarantineTwins(client, rows);
  return emit(
    client,
    aside.map((twin) => ({ twin, sequence: 0 })),
  );
}

/**
 * Ends a twin's quarantine, if it is in one, in the transaction in which it can be read again: its records are applied after the commit.
 *
 * @param now ms
 */
export async function release(client: PoolClient, patient: PatientId, now: number): Promise<QuarantineChanges> {
  const twin = await releaseTwin(client, patient);
  if (twin === undefined) return { transitions: [], alerts: [] };
  const { episode } = transitionOf(twin, 0);
  const raised = await findEpisode(client, twin.tenant, episode);
  return emit(client, [{ twin, sequence: raised?.sequence ?? 0, end: Math.max(now, twin.since) }]);
}

interface Step {
  readonly twin: QuarantinedTwin;
  readonly sequence: number;
  readonly end?: number;
}

async function emit(client: PoolClient, steps: readonly Step[]): Promise<QuarantineChanges> {
  const transitions = steps.map(({ twin, sequence, end }) => ({
    tenant: twin.tenant,
    twin: twin.key,
    patient: twin.patient,
    transition: transitionOf(twin, sequence, end),
  }));
  await writeTransitions(client, transitions);
  const alerts = transitions.map(({ tenant, patient, transition }) =>
    alertRecordOf(tenant, patient, transition, transition.at),
  );
  return { transitions, alerts };
}

function transitionOf(twin: QuarantinedTwin, sequence: number, end?: number): TransitionWrite['transition'] {
  return unreadableTwin(
    { ...twin, reason: twin.reason as UnreadableReason, since: Math.round(twin.since) },
    sequence,
    end,
  );
}
