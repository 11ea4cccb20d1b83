export * from './log/event-log.js';
export { appendInTransaction } from './postgres/append-in-transaction.js';
export { Appender } from './consumer/appender.js';
export { Coalescer } from './consumer/coalescer.js';
export { Lane } from './consumer/partition-lane.js';
export { checkRecord } from './log/check-record.js';
export { createEventLog, type EventLogConfig } from './log/create-event-log.js';
export { KafkaEventLog, type KafkaEventLogOptions } from './kafka/kafka.js';
export { kafkaClient } from './kafka/kafka-client.js';
export { ensureTopics } from './kafka/kafka-topics.js';
export { reasonOf, SILENT, type LogWriter } from './log/log-writer.js';
export { deadLetterOf, replayDeadLetter } from './log/dead-letter.js';
export { partitionOf } from './log/partition-of.js';
export { PostgresEventLog, type PostgresEventLogOptions } from './postgres/postgres.js';
export { pruneLog, type PruneOptions } from './postgres/prune-log.js';
export { selectRecords, type Selection } from './log/select-records.js';
export {
  applyOnce,
  consumeTransactionally,
  firstKept,
  withOwnOffsets,
  type OwnOffsets,
} from './transactional/consume-transactionally.js';
export {
  disagreementsOf,
  mendOffsets,
  requireAgreement,
  describeDisagreement,
  type Disagreement,
} from './transactional/log-agreement.js';
export { startRelay, type Relay, type RelayOptions } from './relay/relay.js';
export { CONTRACT_PARTITIONS, countOf, placeOf, type PartitionCounts } from './log/topic-partitions.js';
export { isStalePlan, isTimeout, isTransient } from './log/transient.js';
