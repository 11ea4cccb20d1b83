import { STAGE_BUCKETS, type Metrics } from '#libs/platform/telemetry';
import type { Looked } from './ledger/ledger.js';
import type { Committed } from './write/committed.js';

const SIZE_BUCKETS = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
const AGE_BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

export interface Meter {
  committed(committed: Committed): void;
  ticks(count: number): void;
  /** What a round of the prediction ledger did. */
  looked(looked: Looked): void;
  /** Twins in quarantine now. */
  quarantined(twins: number): void;
  /** Rows of a kind that were older than they are kept. */
  removed(kind: string, rows: number): void;
  failed(): void;
}

/** Counts what the engine does. */
export function createMeter(metrics: Metrics, now: () => number = Date.now): Meter {
  const stages = metrics.histogram(
    'homeostat_engine_stage_seconds',
    'Time of an engine transaction by stage; wait: from the append of its oldest record to its begin; commit: with the queueing of its alerts',
    STAGE_BUCKETS,
    ['stage'],
  );
  const records = metrics.histogram('homeostat_engine_batch_records', 'Records of an engine transaction', SIZE_BUCKETS);
  const patients = metrics.histogram(
    'homeostat_engine_batch_patients',
    'Patients of an engine transaction',
    SIZE_BUCKETS,
  );
  const age = metrics.histogram(
    'homeostat_engine_record_age_seconds',
    'From the receipt of the oldest record of a transaction at its gateway to the commit of its effects',
    AGE_BUCKETS,
  );
  const corrections = metrics.counter('homeostat_measurements_corrected_total', 'New versions of known measurements');
  const late = metrics.counter(
    'homeostat_measurements_late_total',
    'Measurements older than the newest of their measure',
  );
  const dropped = metrics.counter('homeostat_engine_dropped_total', 'Parts of records without effect', ['reason']);
  const suppressions = metrics.counter('homeostat_alert_suppressions_total', 'Suppressed alerts', ['rule', 'reason']);
  const deadLetters = metrics.counter('homeostat_engine_dead_letters_total', 'Records that could not be applied');
  const deferred = metrics.counter(
    'homeostat_engine_deferred_total',
    'Records of patients with a backlog, left to the backlog lane',
  );
  const ticks = metrics.counter('homeostat_engine_ticks_total', 'Ticks appended for due timers');
  const quarantined = metrics.gauge(
    'homeostat_twins_quarantined',
    'Twins that cannot be read: their patients are not monitored until they are rebuilt (docs/operate.md)',
  );
  const removed = metrics.counter('homeostat_retention_removed_total', 'Rows older than they are kept, removed', [
    'kind',
  ]);
  const looks = metrics.counter('homeostat_forecast_blocks_scored_total', 'Looks at blocks of the prediction ledger');
  const settled = metrics.counter('homeostat_forecast_blocks_settled_total', 'Blocks of the prediction ledger settled');
  const statuses = metrics.counter('homeostat_model_statuses_total', 'Models demoted for a person, or active again', [
    'model',
    'status',
  ]);
  const failures = metrics.counter(
    'homeostat_engine_transaction_failures_total',
    'Transactions rolled back, to be tried again',
  );

  return {
    committed(committed) {
      let applied = 0;
      let duplicates = 0;
      let corrected = 0;
      let lateOnes = 0;
      let oldest = Number.POSITIVE_INFINITY;
      for (const { counts, suppressions: muted, receivedAt } of committed.results) {
        applied += counts.applied;
        duplicates += counts.duplicates;
        corrected += counts.corrections;
        lateOnes += counts.late;
        for (const reason in counts.dropped) dropped.inc({ reason }, counts.dropped[reason]!);
        for (const { rule, reason } of muted) suppressions.inc({ rule, reason });
        oldest = Math.min(oldest, receivedAt);
      }
      metrics.measurementsApplied.inc(applied);
      metrics.measurementsDuplicate.inc(duplicates);
      corrections.inc(corrected);
      late.inc(lateOnes);
      deadLetters.inc(committed.deadLetters);
      deferred.inc(committed.deferred);
      quarantined.inc(committed.quarantined);
      for (const { transition } of committed.transitions)
        metrics.alertTransitions.inc({ rule: transition.rule, transition: transition.alert.transition });
      for (const [stage, milliseconds] of Object.entries(committed.stages))
        stages.observe({ stage }, milliseconds / 1000);
      records.observe(committed.records);
      patients.observe(committed.patients);
      if (Number.isFinite(oldest)) age.observe(Math.max(0, now() - oldest) / 1000);
    },
    ticks: (count) => ticks.inc(count),
    looked(looked) {
      looks.inc(looked.blocks);
      settled.inc(looked.settled);
      for (const { status } of looked.statuses) statuses.inc({ model: status.model, status: status.status });
    },
    quarantined: (twins) => quarantined.set(twins),
    removed: (kind, rows) => removed.inc({ kind }, rows),
    failed: () => failures.inc(),
  };
}
