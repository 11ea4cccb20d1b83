export { judgeEndpoint, type EndpointRules } from './endpoint-rules.js';
export { fetchJson, FetchRefusedError, type FetchLimits } from './fetch-json.js';
export { publicLookup, sharedLookup } from './public-lookup.js';
