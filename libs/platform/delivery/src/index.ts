export * from './queue/retry-after.js';
export * from './queue/retry-schedule.js';
export * from './webhooks/webhook-signature.js';
export * from './webhooks/filter.js';
export * from './webhooks/webhook-store.js';
export * from './queue/delivery-store.js';
export * from './queue/lane-store.js';
export * from './queue/enqueue-alerts.js';
