export { compartmentParameters, searchParameters } from './definitions/search-parameters.js';
export { searchValuesOf } from './extract/search-values-of.js';
export { matches, type Match } from './match/matches.js';
export { referencesBy } from './match/references-by.js';
export { conditionsKey } from './query/conditions-key.js';
export { escape as escapeSearchValue } from './query/escapes.js';
export { parseCriteria, type ParsedCriteria } from './query/parse-criteria.js';
export {
  CURSOR_PARAMETER,
  parseSearch,
  type ParsedSearch,
  type SearchOptions,
  type SearchParameterValue,
} from './query/parse-search.js';
export { datePeriod, type DatePeriod } from './values/date-period.js';
export { fold } from './values/folding.js';
export { indexKey } from './values/index-key.js';
export type * from './query/search-query.js';
export type * from './values/search-parameter.js';
export type * from './values/search-values.js';
