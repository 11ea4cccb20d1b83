export * from './measure.js';
export * from './catalogue.js';
export * from './codes.js';
export * from './units.js';
export * from './plausibility.js';
export * from './instant.js';
export * from './identity.js';
export { sha256Words } from './hash.js';
