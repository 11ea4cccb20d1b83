export { Decimal, parseJson, stringifyJson, type Json, type JsonObject, type Parsed } from './json.js';
export { operationOutcome, type Issue, type IssueCode, type OperationOutcome } from './issue.js';
export { isResourceType, RESOURCE_TYPES } from './structure.js';
export { validateResource } from './validate.js';
export { everTold, toClinical } from './to-clinical.js';
export { subjectIdentifiers } from './subject.js';
export { wordsOf, type UnmeasuredReason } from './unmeasured.js';
export type { BusinessIdentifier, ClinicalContent, ClinicalContext, Unmeasured } from './clinical.js';
