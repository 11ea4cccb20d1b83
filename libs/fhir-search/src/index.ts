export { compartmentParameters, searchParameters } from './definitions/search-parameters.js';
export { searchValuesOf } from './extract/search-values-of.js';
export { fold } from './values/folding.js';
export { indexKey } from './values/index-key.js';
export type * from './query/search-query.js';
export type * from './values/search-parameter.js';
export type * from './values/search-values.js';
