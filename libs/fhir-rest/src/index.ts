export type { AccessVerb, Allowed } from './access/allowed.js';
export {
  FHIR_JSON,
  preferenceOf,
  resourceHeaders,
  wantsAsync,
  type Answer,
  type Preference,
} from './answers/answer.js';
export { searchset } from './answers/searchset-answer.js';
export { projectResource, type Projection } from './projection/project-resource.js';
export { readProjection } from './search/read-projection.js';
export { planSearch, type AskedSearch } from './search/plan-search.js';
export { pathOfTarget, type SearchTarget } from './search/search-target.js';
export { newestOfEachCode } from './search/last-of-codes.js';
export { operationParameters } from './search/operation-parameters.js';
export { planEverything, planLast } from './search/plan-operations.js';
export { handlingOf, type Handling } from './search/handling.js';
export { searchParametersOf } from './search/search-text.js';
export { bundleAnswer } from './answers/bundle-answer.js';
export { OutcomeProblem } from './answers/outcome-problem.js';
export { oneIssue, refusal, refusalOf } from './answers/refusal.js';
export { entryRefusal } from './answers/entry-refusal.js';
export { versionResult } from './answers/version-result.js';
export { deletedAnswer, notModifiedAnswer, storedAnswer, writtenAnswer } from './answers/resource-answer.js';
export { capabilityStatement, type CapabilityOptions } from './capability/capability-statement.js';
export { smartSecurity } from './capability/smart-security.js';
export { isOurVersion, mediaTypeFor, takesGzip } from './capability/negotiation.js';
export { prettyJson } from './answers/pretty-json.js';
export { unsupported } from './capability/unsupported.js';
export { MAX_LISTED, type UnmeasuredPart } from './clinical/unmeasured-parts.js';
export { decide } from './decide/decide.js';
export type { Decision, LaterStep, PatientNews, StepResult } from './decide/decision.js';
export { ReadBudget } from './decide/read-budget.js';
export { lookupsWith, matchesStand } from './decide/condition-lookups.js';
export { furtherLookupsOf, joinedKnown } from './decide/further-lookups.js';
export { isKnown, type KnownVersion } from './decide/preconditions.js';
export { lookupsOf } from './decide/lookups.js';
export { joinedLookups } from './together/joined-lookups.js';
export { isSimple } from './together/simple.js';
export { Changed } from './together/touched.js';
export { readCondition } from './conditions/read-condition.js';
export type { Condition } from './conditions/condition.js';
export { historyAnswer, historyBundle, type HistoryAddress } from './history/history-answer.js';
export {
  queryParametersOf,
  readHistoryProjection,
  readHistoryQuery,
  type QueryParameters,
} from './history/history-query.js';
export type {
  HistoryOf,
  HistoryPage,
  HistoryPlace,
  HistoryRequest,
  HistoryVersion,
} from './history/history-request.js';
export { JSON_PATCH, readPatchBody } from './plan/read-patch-body.js';
export { planRequest } from './plan/plan-request.js';
export { readBundle, readResource, requireId, requireType } from './plan/read-request.js';
export { writeContent, type WriteContent } from './plan/write-content.js';
export type { Step } from './plan/step.js';
export type { OwnBases } from './references/own-base.js';
export type { ReferenceContext } from './references/resolve-reference.js';
export type { Committed, IdempotencyKey, JobAttempt, KeptRequest, Once, Repetition } from './repository/once.js';
export {
  RepositoryBusyError,
  type CommitLookups,
  type CommitMode,
  type FhirRepository,
  type Reader,
  type ReadLater,
  type ReadsWithin,
  type RequestOrigin,
  type VersionPlace,
} from './repository/repository.js';
export {
  identifierKey,
  type ConditionLookup,
  type CurrentResource,
  type FhirKnown,
  type FhirLookups,
  type ConditionLock,
  type Identifier,
  type ResourceChange,
  type StoredResource,
  type TypedIdentifier,
} from './repository/resources.js';
export { alertResources, identityOfEvidence, sequenceOf, type AlertState } from './derived/alert-resources.js';
export { communicationId, communicationResources, type TakenDelivery } from './derived/communication.js';
export {
  provenanceOfAssessment,
  storedAssessment,
  storedForecastProvenance,
  type ForecastValue,
} from './derived/forecasts/forecast-assessment.js';
export type { ForecastOutcome } from './derived/forecasts/forecast-prediction.js';
export { forecastKeyOf, isForecastId, type ForecastKey } from './derived/forecasts/forecast-id.js';
export { isMeasurementId, measurementKeyOf, observationIdOf, type MeasurementKey } from './derived/measurement-id.js';
export {
  conceptOf,
  LEADS,
  markedObservation,
  observationCategories,
  storedObservation,
  type MeasuredValue,
} from './derived/measurement-observation.js';
export { nextVersions, type MadeResource } from './derived/next-versions.js';
export { type CheckedResource } from './plan/read-request.js';
export { type ValidationMode } from './plan/structure-issues.js';
export { validationAnswer } from './validation/validation-answer.js';
export { readValidation } from './validation/validation-request.js';
export { SearchRefusedError, type Queries, type SearchAccess, type SearchPage } from './repository/search-port.js';
export type { Visible } from './repository/visible.js';
