export type {
  Condition,
  DateValue,
  Include,
  NumberValue,
  Prefix,
  QuantityValue,
  ReferenceValue,
  SearchQuery,
  SortKey,
  TokenValue,
} from './query/search-query.js';
export type { SearchParameter, SearchParameterType } from './values/search-parameter.js';
export type {
  CompositeIndex,
  DateIndex,
  NumberIndex,
  QuantityIndex,
  ReferenceIndex,
  SearchValues,
  StringIndex,
  TokenIndex,
  UriIndex,
} from './values/search-values.js';
