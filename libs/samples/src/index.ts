export { fromDataPoint, isDataPoint, type DataPointContext } from './open-mhealth.js';
export { LineReader, readJson, readPayload, type Entries, type Entry } from './read-entries.js';
export { readSample, type ReadContext } from './read-sample.js';
export { type ReadSample } from './read-values.js';
export { isCleanText, parseReference, referenceKey, type Reference } from './reference.js';
export { kept, refuse, type Refusal } from './refusal.js';
