export type { DecidedDose, ProposalCase, StreamedForecast } from './proposal-case.js';
export { propose, type Suggestion } from './propose.js';
export { targetOf, therapyOf, type TherapySettings } from './therapy/therapy.js';
export { medicationRequestOf } from './resource/medication-request.js';
export { effectOf } from './effect/effect.js';
