import type { WireThreshold } from '#libs/contracts';
import { TWIN_VERSION } from '../stored/twin-version.js';
import { namedVersions } from '../stored/memory-versions.js';
import { setLimitsOf } from '../limits/set-limits.js';
import type { Catalogue } from '../rules/catalogue.js';
import type { SetLimits, TwinState } from './state.js';

/**
 * The twin of a patient of whom nothing is known yet. `tenant` is the tenant's key, `patient` the FHIR id; `limits` are those that
 * the tenant has set for all its patients, each with who set it.
 */
export function initialTwin(
  catalogue: Catalogue,
  tenant: number,
  patient: string,
  limits: readonly (WireThreshold & { readonly author: string })[] = [],
): TwinState {
  const tenantThresholds: Record<string, readonly SetLimits[]> = {};
  for (const one of limits) tenantThresholds[one.rule] = [setLimitsOf(one, one.author, null)];
  const memories = namedVersions(catalogue.memories);
  return {
    v: TWIN_VERSION,
    tenant,
    patient,
    version: 0,
    asOf: null,
    heard: 0,
    measures: {},
    checks: {},
    derived: {},
    detectors: {},
    rules: {},
    streams: {},
    forgotten: null,
    tenantThresholds,
    thresholds: {},
    feedback: {},
    facts: {},
    moreFacts: 0,
    acts: [],
    replaced: [],
    timers: {},
    ...(memories === undefined ? undefined : { memories }),
  };
}
