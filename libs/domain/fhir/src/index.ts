export { Decimal, parseJson, stringifyJson, type Json, type JsonObject, type Parsed } from './json.js';
export { operationOutcome, type Issue, type IssueCode, type OperationOutcome } from './issue.js';
export { isResourceType, RESOURCE_TYPES } from './structure.js';
export { validateResource } from './validate.js';
export { toClinical } from './to-clinical.js';
export type { ClinicalContent, ClinicalContext, Unmeasured, UnmeasuredReason } from './clinical.js';
