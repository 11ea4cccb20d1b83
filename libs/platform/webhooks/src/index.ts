export * from './endpoint-rules.js';
export * from './retry-schedule.js';
export * from './filter.js';
export * from './webhook-store.js';
export * from './delivery-store.js';
export * from './enqueue-alerts.js';
