export { compareEpisodes, overlapsAny, type ComparedEpisode, type ShadowComparison } from './compare-episodes.js';
