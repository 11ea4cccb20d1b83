export * from './topics.js';
export * from './records.js';
export * from './facts.js';
export * from './alerts.js';
export * from './samples.js';
export * from './twin-api.js';
export * from './record-schemas.js';
