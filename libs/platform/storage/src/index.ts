export * from './hot-state.js';
export { createHotState } from './create-hot-state.js';
export { migrate } from './migrate.js';
export { readMigrations } from './migration-engine.js';
export { loadClientIds } from './load-client-ids.js';
export {
  loadIdentities,
  loadWindows,
  type LoadedWindow,
  type WantedIdentity,
  type WantedWindow,
} from './load-measurements.js';
export { beat, DOWN_AFTER_MS, readHeartbeats, type Heartbeat } from './heartbeats.js';
export * from './load-twins.js';
export * from './deferred-records.js';
export * from './quarantined-twins.js';
export * from './read-receipts.js';
export { OffsetStore } from './offset-store.js';
export { makePartitions, removeOldMeasurements } from './partitions.js';
export { SourceKeys, type SourceName } from './source-keys.js';
export { deadLetterAt, storableText, writeDeadLetters, type DeadLetter } from './dead-letter-store.js';
export { monitoredTenants, takeDueTimers, writeTimers, type TimerWrite } from './timer-store.js';
export { writeFacts, writeThresholds, type FactWrite, type ThresholdWrite } from './write-facts.js';
export { writeJudgements, type JudgementWrite } from './write-judgements.js';
export { writeMeasurements, type MeasurementWrite } from './write-measurements.js';
export { writeTransitions, type TransitionWrite } from './write-alerts.js';
export { TwinConflictError, writeTwins, type TwinWrite } from './write-twins.js';
export { createPrisma, type Prisma } from './prisma.js';
export { createPool } from './pool.js';
export { sentTogether } from './sent-together.js';
export { rehearsalPool } from './rehearsal-pool.js';
export { ASSIGNMENT, readAssignment } from './device-assignments.js';
export * from './fhir-resources.js';
export * from './fhir-store.js';
export * from './client-store.js';
export * from './read-twins.js';
export * from './read-measurements.js';
export { currentValues, type CurrentValues } from './read-values.js';
export * from './read-facts.js';
export * from './read-alerts.js';
export * from './read-thresholds.js';
export * from './read-suppressions.js';
export * from './read-alarm-quality.js';
export * from './read-shadow-figures.js';
export * from './tenant-thresholds.js';
export * from './tenant-acts.js';
export { writeSuppressions, type SuppressionWrite } from './write-suppressions.js';
export * from './read-dead-letters.js';
export * from './rejections.js';
