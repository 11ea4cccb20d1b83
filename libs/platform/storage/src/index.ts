export { alertChannel, twinChannel, twinChannels, type HotState, type HotTwin } from './hot-state/hot-state.js';
export { connectRedis } from './hot-state/redis.js';
export { createHotState } from './hot-state/create-hot-state.js';
export { migrate } from './schema/migrate.js';
export { MigrationError } from './schema/apply-migration.js';
export { readMigrations } from './schema/read-migrations.js';
export { loadClientIds } from './engine/load-client-ids.js';
export {
  loadIdentities,
  loadWindows,
  type LoadedWindow,
  type WantedIdentity,
  type WantedWindow,
} from './engine/load-measurements.js';
export { beat, DOWN_AFTER_MS, readHeartbeats, type Heartbeat } from './engine/heartbeats.js';
export * from './engine/load-twins.js';
export * from './engine/deferred-records.js';
export * from './engine/quarantined-twins.js';
export { appliedActs, tenantLimitsAt } from './rebuild/applied-acts.js';
export { emittedEpisodes, replaceTimers } from './rebuild/emitted-episodes.js';
export { receivedFacts } from './rebuild/received-facts.js';
export { measurementVersion, receivedMeasurements } from './rebuild/received-measurements.js';
export { storedSnapshots, twinHead, twinHeads, type TwinRowHead } from './rebuild/twin-heads.js';
export { OffsetStore } from './engine/offset-store.js';
export { makePartitions, removeOldForecasts, removeOldMeasurements } from './schema/partitions.js';
export { removeOld, type RetainedKind } from './retention/remove-old.js';
export { SourceKeys, type SourceName } from './write/source-keys.js';
export { deadLetterAt, storableText, writeDeadLetters, type DeadLetter } from './write/dead-letter-store.js';
export { monitoredTenants, takeDueTimers, writeTimers, type TimerWrite } from './write/timer-store.js';
export { writeFacts, writeThresholds, type FactWrite, type ThresholdWrite } from './write/write-facts.js';
export { writeJudgements, type JudgementWrite } from './write/write-judgements.js';
export { writeMeasurements, type MeasurementWrite } from './write/write-measurements.js';
export { writeTransitions, type TransitionWrite } from './write/write-alerts.js';
export { writeCommunications, type CommunicationOfAlert } from './write/write-communications.js';
export {
  writeForecasts,
  writeParameters,
  writeStatuses,
  type ForecastPlace,
  type ForecastWrite,
  type ParametersWrite,
  type StatusWrite,
} from './forecasts/write-forecasts.js';
export {
  claimDueBlocks,
  standingsOf,
  unscoredForecasts,
  unsettledForecasts,
  writeBlocks,
  type BlockWrite,
  type DueBlock,
} from './forecasts/ledger-blocks.js';
export { blockTallies, personsOf, type BlockTally, type PersonRow } from './forecasts/read-tallies.js';
export { receivedModelRecords } from './forecasts/model-records.js';
export { listModelStatuses } from './forecasts/list-model-statuses.js';
export { findTruths } from './forecasts/find-truths.js';
export type { FoundTruth, Target } from './forecasts/truth.js';
export {
  forecastsFrom,
  newestSaid,
  unsettledFrom,
  type ForecastRow,
  type ModelOutput,
  type NewestSaid,
} from './forecasts/read-forecasts.js';
export { TwinConflictError, writeTwins, type TwinWrite } from './write/write-twins.js';
export { createPrisma, type Prisma } from './schema/prisma.js';
export { connectionsToWarm, createPool } from './postgres/pool.js';
export { BY_INDEX } from './postgres/by-index.js';
export { commitBehind } from './postgres/commit-behind.js';
export { inTransaction } from './postgres/in-transaction.js';
export { sentTogether } from './postgres/sent-together.js';
export { rehearsalPool } from './postgres/rehearsal-pool.js';
export { ASSIGNMENT, readAssignment } from './fhir/device-assignments.js';
export { BundleJobs, finishJob, type ClaimedJob } from './fhir/bundle-jobs.js';
export { FhirStore } from './fhir/fhir-store.js';
export { claimKey, keepAnswer } from './fhir/kept-answers.js';
export { analyzeGrown } from './search-index/analyze-grown.js';
export { reindexSome } from './search-index/reindex.js';
export { removeUnusedTexts } from './search-index/unused-texts.js';
export { searchIds } from './search/search-ids.js';
export { FhirTransaction } from './fhir/fhir-transaction.js';
export * from './tenants/client-store.js';
export * from './tenants/client-administration.js';
export { IssuerArtifacts, type IssuerArtifact } from './people/issuer-artifacts.js';
export { SessionStore, type FoundSession, type StoredSession } from './people/session-store.js';
export { foldedName, UserNameTakenError, UserStore, type User } from './people/user-store.js';
export * from './read/read-twins.js';
export * from './read/read-measurements.js';
export { ForecastStore } from './forecast-resources/forecast-store.js';
export type { ForecastSource } from './forecast-resources/forecast-values.js';
export { MeasuredStore } from './measured/measured-store.js';
export { valuesInOrder, type ValueInOrder } from './charts/values-in-order.js';
export { patientTimeline, type TimelineRow } from './charts/patient-timeline.js';
export { groupOffsets } from './operations/group-offsets.js';
export { ownersOf, storedStreams, type StreamsOfPatient } from './operations/stored-streams.js';
export { tenantFlow, type TenantFlow } from './operations/tenant-flow.js';
export { wavesBetween } from './charts/waves-between.js';
export { limitsKnownAt } from './charts/limits-known.js';
export { lockLimits, newestLimitsForAct, type NewestLimits } from './read/newest-limits.js';
export { currentValues, type CurrentValues } from './read/read-values.js';
export { findPatients } from './ward/find-patients.js';
export { newestForecastsOf } from './ward/newest-of-many.js';
export { labelChanges, patientLabels, type LabelChange, type LabelledPatient } from './ward/patient-labels.js';
export { trendPoints, type TrendWindow } from './ward/trend-points.js';
export {
  openEpisodes,
  twinsChangedSince,
  twinSnapshots,
  wardTwins,
  wardTwinsOf,
  wardVersions,
  type WardTwin,
} from './ward/ward-twins.js';
export * from './read/read-facts.js';
export { findEpisode, listEpisodes, openAlertsAt, type EpisodeRow } from './read/read-alerts.js';
export {
  isReached,
  isTransition,
  timelineOf,
  transitionsBetween,
  type StreamedTransition,
} from './transitions/read-transitions.js';
export { SettledTransitions } from './transitions/settled-transitions.js';
export { endedCount, endedPage, inboxCount, inboxPage, type InboxGroup } from './read/read-inbox.js';
export * from './read/episodes-in-order.js';
export * from './read/find-evidence.js';
export * from './read/read-thresholds.js';
export * from './read/read-suppressions.js';
export * from './read/read-alarm-quality.js';
export * from './read/read-shadow-figures.js';
export * from './tenants/tenant-thresholds.js';
export * from './tenants/tenant-acts.js';
export { RecentSettings } from './tenants/recent-settings.js';
export { TenantSettingsStore, type SettingsAct, type TenantSettings } from './tenants/tenant-settings.js';
export { writeSuppressions, type SuppressionWrite } from './write/write-suppressions.js';
export * from './read/read-dead-letters.js';
export * from './tenants/rejections.js';
export { ScenarioStore, type StoredScenario } from './what-if/scenario-store.js';
export { finishModelJob, ModelJobs, type ClaimedModelJob } from './what-if/model-jobs.js';
export * from './what-if/therapies.js';
export * from './what-if/proposals.js';
export { knownUntil, knownValues, type KnownTwin, type KnownValues } from './what-if/person-history.js';
export { fitCandidates, knownParameters, type FitCandidate } from './what-if/person-parameters.js';
