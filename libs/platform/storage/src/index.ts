export * from './hot-state.js';
export * from './fhir-store.js';
