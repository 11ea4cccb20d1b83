import type { TwinState } from './state.js';

/** The twin of a patient of whom nothing is known yet. `tenant` is the tenant's key, `patient` the FHIR id. */
export function initialTwin(tenant: number, patient: string): TwinState {
  return {
    v: 1,
    tenant,
    patient,
    version: 0,
    asOf: null,
    heard: 0,
    measures: {},
    rules: {},
    streams: {},
    forgotten: null,
    thresholds: {},
    facts: {},
    moreFacts: 0,
    acts: [],
    replaced: [],
    timers: {},
  };
}
