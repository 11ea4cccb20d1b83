export {
  Decimal,
  isJsonObject,
  parseJson,
  stringifyJson,
  type Json,
  type JsonObject,
  type Parsed,
} from './json/json.js';
export { operationOutcome, type Issue, type IssueCode, type OperationOutcome } from './json/issue.js';
export { isPrimitiveType, PRIMITIVES } from './structure/primitives.js';
export {
  isResourceType,
  RESOURCE_TYPES,
  typeRule,
  valueSetOf,
  type ElementRule,
  type TypeRule,
  type ValueSet,
} from './structure/structure.js';
export { endOf, everWritten, toClinical } from './clinical/to-clinical.js';
export { ownerDuring, type DeviceAssignment, type DeviceOwner } from './devices/device-assignment.js';
export { readDeviceUse, type DeviceUse, type DeviceUseContext } from './devices/device-use.js';
export { medicationAsked } from './insulin/medication.js';
export { unknownModifier } from './clinical/modifiers.js';
export { deviceIdentifier, subjectIdentifiers } from './clinical/subject.js';
export { bedOf, patientLabel, type BedReference, type PatientLabel } from './people/patient-label.js';
export { describeUnmeasured, type UnmeasuredReason } from './clinical/unmeasured.js';
export type { BusinessIdentifier, ClinicalContent, ClinicalContext, Unmeasured } from './clinical/clinical.js';
