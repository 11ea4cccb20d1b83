export * from './hot-state.js';
export * from './fhir-store.js';
export * from './client-store.js';
