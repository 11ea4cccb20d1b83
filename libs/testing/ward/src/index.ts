export * from './recordings.js';
export * from './ward.js';
