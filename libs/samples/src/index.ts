export { fromDataPoint, isDataPoint, type DataPointContext } from './open-mhealth.js';
export { LineReader, readJson, readPayload, type Entries, type Entry } from './read-entries.js';
export { readSample, type ReadContext, type ReadSample } from './read-sample.js';
export { isCleanText, parseReference, referenceKey, type Reference } from './reference.js';
export { kept, refuse, type Refusal } from './refusal.js';
