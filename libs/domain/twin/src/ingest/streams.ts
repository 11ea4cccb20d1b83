import type { ClinicalRecord, WireSample } from '#libs/contracts';
import type { Draft } from '../state/draft.js';
import { FHIR_SOURCE } from './fhir-source.js';
import { layersOf, limitsAt } from '../limits/limits.js';
import { personOf } from '../facts/person.js';
import { CONTINUOUS_AFTER, NO_DATA } from '../silence/no-data.js';
import type { StreamState } from '../state/sender-state.js';

/** Streams remembered per patient; the one silent for longest goes first. */
const STREAMS_KEPT = 48;

/**
 * A stream is what gives derived identities their order: the device (the source, when no device is named), the measure and the
 * channel. The key is `d:<device>` or `f:<source>`, the catalogue number and the channel.
 */
export function streamKey(source: string, device: string, code: number, channel: string | undefined): string {
  if (channel !== undefined) return `${keyOf(source, device, code)}|${channel}`;
  if (newest.source !== source || newest.device !== device) newest = { source, device, keys: [] };
  return (newest.keys[code] ??= keyOf(source, device, code));
}

function keyOf(source: string, device: string, code: number): string {
  return `${code}|${device === '' ? `f:${source}` : `d:${device}`}`;
}

/** The keys follow from sender and measure alone; a record's samples ask for the same few again. */
let newest: { readonly source: string; readonly device: string; readonly keys: string[] } = {
  source: '',
  device: '',
  keys: [],
};

/** Catalogue number of a stream's measure. */
export function codeOfStream(key: string): number {
  return Number(key.slice(0, key.indexOf('|')));
}

/** Whether the sample is later than everything that its stream ever sent. */
export function isBeyondStream(draft: Draft, source: string, device: string, sample: WireSample): boolean {
  const stream = draft.streams[streamKey(source, device, sample.c, sample.h)];
  if (stream !== undefined) return sample.t > stream.t;
  return draft.forgotten === null || sample.t > draft.forgotten;
}

/**
 * Streams that an earlier version of this software kept under the writing client's name go on under the store's, else the client
 * would be missed though its values come.
 */
export function adoptStreams(draft: Draft, { author, source, samples }: ClinicalRecord): void {
  const former = author ?? source;
  for (const { c, h, d } of samples) {
    if (d !== undefined || former === FHIR_SOURCE) continue;
    const key = streamKey(former, '', c, h);
    const stream = draft.streams[key];
    if (stream === undefined) continue;
    delete draft.streams[key];
    draft.streams[streamKey(FHIR_SOURCE, '', c, h)] ??= { ...stream, source: FHIR_SOURCE };
    draft.changed = true;
  }
}

/** Records new data of the stream. */
export function updateStream(draft: Draft, source: string, device: string, sample: WireSample): void {
  const key = streamKey(source, device, sample.c, sample.h);
  const { streams, base, now } = draft;
  const stream = streams[key];
  if (stream === undefined) {
    makeRoom(draft);
    streams[key] = { t: sample.t, heard: now, n: 1, source, ...endOf(sample) };
    return;
  }
  if (sample.t <= stream.t) {
    if (stream === base.streams[key]) streams[key] = { ...stream, heard: now };
    else stream.heard = now;
    return;
  }
  const name = NO_DATA.seconds[sample.c];
  let n = 1;
  if (name !== undefined) {
    const seconds = limitsAt(NO_DATA, layersOf(draft, NO_DATA.id), personOf(draft.facts), now)[name]!;
    n = sample.t - stream.t <= seconds * 1000 ? Math.min(stream.n + 1, CONTINUOUS_AFTER) : 1;
  }
  if (stream === base.streams[key]) {
    streams[key] = { t: sample.t, heard: now, n, source, ...endOf(sample) };
  } else {
    stream.t = sample.t;
    stream.heard = now;
    stream.n = n;
    Object.assign(stream, endOf(sample));
  }
}

/** Where a series ends, ms: evenly spaced values, or successive intervals. */
function endOf({ t, s, p }: WireSample): Pick<StreamState, 'end'> | undefined {
  if (s === undefined) return undefined;
  return { end: t + (p === undefined ? s.reduce((sum, interval) => sum + interval, 0) : p * s.length) };
}

function makeRoom(draft: Draft): void {
  const keys = Object.keys(draft.streams).sort();
  if (keys.length < STREAMS_KEPT) return;
  let oldest = keys[0]!;
  for (const key of keys) if (draft.streams[key]!.t < draft.streams[oldest]!.t) oldest = key;
  draft.forgotten = Math.max(draft.forgotten ?? Number.NEGATIVE_INFINITY, draft.streams[oldest]!.t);
  delete draft.streams[oldest];
}
