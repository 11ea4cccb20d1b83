export { afEpisodes } from './af-detector.js';
export { checkAlarm, type AlarmRule } from './alarm-check.js';
export { classifyBeats } from './beat-class.js';
export { findBeats } from './qrs-detector.js';
export { classifyShortEcg } from './short-ecg.js';
