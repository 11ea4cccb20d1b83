import type { JsonObject } from '#libs/domain/fhir';

/** Code systems, identifier systems and extensions of what this software makes itself. */
export const SYSTEMS = {
  tag: 'urn:homeostat:tag',
  rule: 'urn:homeostat:rule',
  alert: 'urn:homeostat:alert',
  alertCategory: 'urn:homeostat:alert-category',
  forecast: 'urn:homeostat:forecast',
  transition: 'urn:homeostat:alert-transition',
  measure: 'urn:homeostat:measure',
  measurement: 'urn:homeostat:measurement',
  message: 'urn:homeostat:webhook-message',
  model: 'urn:homeostat:model',
  outcome: 'urn:homeostat:outcome',
  quality: 'urn:homeostat:quality',
  riskAssessment: 'urn:homeostat:risk-assessment',
  software: 'urn:homeostat:software',
  source: 'urn:homeostat:source',
  webhook: 'urn:homeostat:webhook',
} as const;

export const EXTENSIONS = {
  /** Of a DetectedIssue: the sequence of the alert, as acts on it take it. */
  sequence: 'urn:homeostat:extension:alert-sequence',
  /** Of a DetectedIssue: the status of the alert (`open`, `acknowledged`, …). */
  status: 'urn:homeostat:extension:alert-status',
  /** Of a prediction of a RiskAssessment: the mean of the distribution, a Quantity. */
  forecastMean: 'urn:homeostat:extension:forecast-mean',
  /** Of a prediction: `level` (decimal, 0 to 1) and `value` (Quantity) of one quantile of the distribution. */
  forecastQuantile: 'urn:homeostat:extension:forecast-quantile',
  /** Of a Flag: the resource that says more (R4's extension `flag-detail`). */
  flagDetail: 'http://hl7.org/fhir/StructureDefinition/flag-detail',
} as const;

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

export function standardCoding(system: string, code: string, display: string): JsonObject {
  return { system: `${TERMINOLOGY}/${system}`, code, display };
}

/** A reference to a thing that is no resource of this server. */
export function named(type: string, system: string, value: string, display: string): JsonObject {
  return { type, identifier: { system, value }, display };
}

/** This software, as author, agent and sender. */
export const SOFTWARE: JsonObject = named('Device', SYSTEMS.software, 'homeostat', 'Homeostat');
