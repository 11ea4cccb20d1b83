import type { Applied, TransitionChange } from '#libs/domain/twin';
import type { PatientId } from '#libs/platform/storage';
import type { LaneKey } from '#libs/platform/delivery';
import type { Changes, Evolved } from './changes.js';
import type { QuarantineChanges } from '../quarantine/quarantine.js';
import type { HeldTwin } from '../apply/twin-cache.js';

/** What one transaction did, reported after its commit. Plain data, for it may come from another thread. */
export interface Committed {
  readonly written: readonly { readonly twin: HeldTwin; readonly isChanged: boolean }[];
  readonly transitions: readonly (Pick<PatientId, 'tenant'> & { readonly transition: TransitionChange })[];
  /** By record, in the order of the log. */
  readonly results: readonly (Pick<Applied, 'counts' | 'suppressions'> & { readonly receivedAt: number })[];
  readonly patients: number;
  readonly deadLetters: number;
  /** Twins that were put into quarantine. */
  readonly quarantined: number;
  /** Records that now wait for the backlog lane. */
  readonly deferred: number;
  /** Queues of webhooks that have got alerts. */
  readonly lanes: readonly LaneKey[];
  /** The transaction's time (ms), as it stands in `recorded_at`. */
  readonly now: number;
  readonly records: number;
  readonly measurements: number;
  /** Milliseconds by stage; those that a transaction of the backlog lane does not have are absent. */
  readonly stages: Readonly<Partial<Record<'wait' | 'lock' | 'load' | 'evolve' | 'write' | 'commit', number>>>;
}

/** @param measured what only the transaction knows */
export function committedOf(
  evolved: readonly Evolved[],
  changes: readonly Changes[],
  measured: Pick<Committed, 'now' | 'records' | 'deferred' | 'lanes' | 'stages'> & {
    readonly deadLetters: number;
    readonly quarantine: QuarantineChanges;
  },
): Committed {
  const { deadLetters, quarantine, ...rest } = measured;
  return {
    ...rest,
    written: changes.flatMap(({ written }) =>
      written.map(({ before, after }) => ({ twin: after, isChanged: after.state !== before })),
    ),
    transitions: [quarantine, ...changes].flatMap(({ transitions }) =>
      transitions.map(({ tenant, transition }) => ({ tenant, transition })),
    ),
    quarantined: quarantine.transitions.length,
    results: evolved.flatMap(({ applied }) =>
      applied.map(({ input, result }) => ({
        receivedAt: input.receivedAt,
        counts: result.counts,
        suppressions: result.suppressions,
      })),
    ),
    patients: evolved.length,
    deadLetters,
    measurements: changes.reduce((sum, { measurements }) => sum + measurements.length, 0),
  };
}
