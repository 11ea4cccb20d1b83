export * from './test-database.js';
export { CONTRACT_TOPIC_PARTITIONS, type ContractSink } from './event-log/contract-run.js';
export { describeEventLog } from './event-log/event-log.contract.js';
export { PostgresSink } from './event-log/postgres-sink.js';
export { ofSuite } from './of-suite.js';
export { until } from './until.js';
