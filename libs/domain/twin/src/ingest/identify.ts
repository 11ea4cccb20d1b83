import type { PatientInput, WireSample } from '#libs/contracts';
import { contentHash, identityOf, measureByNumber } from '#libs/domain/quantities';
import { merge } from '../state/changes.js';
import { drop, type Change, type Draft } from '../state/draft.js';
import { refuseSample } from './refuse.js';
import { shiftsOf } from '../clocks/clocks.js';
import { judgedAt } from '../clocks/placing.js';
import { FHIR_SOURCE } from './fhir-source.js';
import { updateStream, isBeyondStream } from './streams.js';
import type { StoredMeasurement } from '../state/twin-port.js';

/** Who sent a record's samples, where the sample itself does not say. */
export interface Sender {
  readonly source: string;
  readonly device: string;
}

/** The sender of a record; of FHIR resources it is the store, whoever wrote them. */
export function senderOf(record: Extract<PatientInput, { samples: unknown }>): Sender {
  if (record.kind === 'clinical') return { source: FHIR_SOURCE, device: '' };
  return { source: record.source, device: record.device };
}

/** The identity of a sample; see `identityOf`. */
export function identityOfSample(sample: WireSample, sender: Sender): string {
  return identityOf({
    source: sample.f ?? sender.source,
    device: sample.d ?? sender.device,
    code: sample.c,
    t: sample.t,
    unit: sample.o?.[1],
    channel: sample.h,
    id: sample.i,
  });
}

/** Number of replaced versions remembered, to distinguish a redelivery from a correction back to one of them. */
const REPLACED_KEPT = 16;
/** Years 1 to 9999: what every store and every calendar can hold. */
const INSTANTS = [-62_135_596_800_000, 253_402_300_799_999] as const;

/**
 * Finds for each sample whether it is new, a duplicate, a correction or a withdrawal, and adds the new versions to
 * `draft.measurements`. Answers the identities that must be known first. A value whose identity is derived and whose time is
 * beyond everything its stream has sent cannot have been sent before, so it needs no look-up.
 */
export function identify(draft: Draft, samples: readonly WireSample[], sender: Sender): readonly string[] {
  const missing: string[] = [];
  const { shifts, changes } = shiftsOf(draft, samples, sender);
  merge(draft, changes);
  let here: Map<string, Change> | undefined;
  for (const { sample, shift } of inOrder(samples, shifts)) {
    const refusal = refusalOf(sample);
    if (refusal !== undefined) {
      refuseSample(draft, sample, sender, refusal);
      continue;
    }
    const source = sample.f ?? sender.source;
    const device = sample.d ?? sender.device;
    const identity = draft.identities?.get(sample) ?? identityOfSample(sample, sender);
    let change: Change;
    if (sample.i === undefined && sample.w === undefined && isBeyondStream(draft, source, device, sample)) {
      change = versionOf(draft, sample, source, device, identity, undefined, shift);
    } else {
      here ??= new Map(draft.measurements.map((earlier) => [earlier.identity, earlier]));
      const known: StoredMeasurement | null | undefined = here.get(identity) ?? draft.memory.identity(identity);
      if (known === undefined) {
        missing.push(identity);
        continue;
      }
      const [former = null, ...others] = known === null ? draft.memory.former(identity) : [];
      withdrawOthers(draft, others, source, device);
      const before = known ?? former;
      const next = nextVersion(draft, sample, source, device, before?.identity ?? identity, before, shift);
      if (next === undefined) continue;
      change = next;
    }
    here?.set(identity, change);
    draft.measurements.push(change);
    if (missing.length === 0) updateStream(draft, source, device, sample);
  }
  return missing;
}

interface Shifted {
  readonly sample: WireSample;
  /** What its sender's clock is ahead, ms; undefined: not. */
  readonly shift: number | undefined;
}

/**
 * Values that an earlier version of this software stored several times because several clients wrote their resource: the newest is
 * corrected, the others are taken back.
 */
function withdrawOthers(draft: Draft, others: readonly StoredMeasurement[], source: string, device: string): void {
  for (const other of others) {
    if (other.retracted || draft.measurements.some(({ identity }) => identity === other.identity)) continue;
    const withdrawal: WireSample = { c: other.code, t: other.t, w: 1, i: '' };
    draft.measurements.push(versionOf(draft, withdrawal, source, device, other.identity, other, other.clockShift));
  }
}

/**
 * By time, so that a record's order does not matter; values with identifiers of their own keep their order, because one of them
 * may correct the time of another.
 */
function inOrder(
  samples: readonly WireSample[],
  shifts: readonly (number | undefined)[] | undefined,
): readonly Shifted[] {
  let sorted = true;
  for (let i = 1; i < samples.length && sorted; i++) sorted = samples[i - 1]!.t <= samples[i]!.t;
  const all = samples.map((sample, i): Shifted => ({ sample, shift: shifts?.[i] }));
  if (sorted) return all;
  const derived = all.filter(({ sample }) => sample.i === undefined).sort((a, b) => a.sample.t - b.sample.t);
  return [...derived, ...all.filter(({ sample }) => sample.i !== undefined)];
}

/** The gateways let none of these through; what comes another way is counted, and nothing is thrown. */
function refusalOf(sample: WireSample): string | undefined {
  if (measureByNumber(sample.c) === undefined) return 'measure-unknown';
  if (!isInstant(sample.t)) return 'time-invalid';
  if (sample.w !== undefined) return undefined;
  if (sample.x !== undefined) return Number.isFinite(sample.x) ? undefined : 'value-not-finite';
  if (sample.s === undefined || sample.s.length === 0) return 'value-missing';
  return sample.s.every(Number.isFinite) ? undefined : 'value-not-finite';
}

/** Whole milliseconds within {@link INSTANTS}. */
export function isInstant(t: number): boolean {
  return Number.isInteger(t) && t >= INSTANTS[0] && t <= INSTANTS[1];
}

function nextVersion(
  draft: Draft,
  sample: WireSample,
  source: string,
  device: string,
  identity: string,
  known: StoredMeasurement | null,
  shift: number | undefined,
): Change | undefined {
  if (known === null) {
    if (sample.w === undefined) return versionOf(draft, sample, source, device, identity, undefined, shift);
    drop(draft, 'withdrawal-of-unknown');
    return undefined;
  }
  if (sample.w !== undefined && known.retracted) {
    draft.counts.duplicates++;
    return undefined;
  }
  // A correction that leaves the time as it was leaves it where it was.
  const kept = sample.w !== undefined || sample.t === known.t ? known.clockShift : shift;
  const next = versionOf(draft, sample, source, device, identity, known, kept);
  if (next.hash === known.hash || isRedelivery(draft, next, known)) {
    draft.counts.duplicates++;
    return undefined;
  }
  draft.counts.corrections++;
  draft.replaced = [...draft.replaced, `${identity}:${known.hash}`].slice(-REPLACED_KEPT);
  return next;
}

/** An old version that the transport brings again: received before the one that replaced it, and known to have been replaced. */
function isRedelivery(draft: Draft, next: Change, known: StoredMeasurement): boolean {
  return next.receivedAt < known.receivedAt && draft.replaced.includes(`${next.identity}:${next.hash}`);
}

function versionOf(
  draft: Draft,
  sample: WireSample,
  source: string,
  device: string,
  identity: string,
  known: StoredMeasurement | undefined,
  shift: number | undefined,
): Change {
  // A withdrawal keeps the content that it withdraws.
  const retracted = sample.w !== undefined;
  const content = retracted && known !== undefined ? contentOf(known) : contentOfSample(sample);
  const change: Writable<Change> = {
    identity,
    version: (known?.version ?? 0) + 1,
    // A withdrawal is one whatever it withdraws; a series may have lost digits in the store.
    hash: contentHash(retracted ? { code: content.code, t: content.t, retracted } : content),
    code: content.code,
    t: content.t,
    quality: content.quality,
    sourced: sample.i !== undefined,
    source,
    device,
    receivedAt: draft.record.receivedAt,
    retracted,
  };
  // Field by field: spreading the content costs several times as much, and this is done for every value.
  if (content.x !== undefined) change.x = content.x;
  if (content.comparator !== undefined) change.comparator = content.comparator;
  if (content.series !== undefined) change.series = content.series;
  if (content.periodMs !== undefined) change.periodMs = content.periodMs;
  if (content.channel !== undefined) change.channel = content.channel;
  if (sample.i !== undefined) change.id = sample.i;
  if (shift !== undefined) change.clockShift = shift;
  if (sample.r !== undefined) change.reasons = sample.r;
  if (sample.o !== undefined) change.origin = sample.o;
  if (known !== undefined) {
    const { version, code, t } = known;
    const lasts = (known.series?.length ?? 0) * (known.periodMs ?? 0);
    change.replaces = { version, code, t, judgedAt: judgedAt(known), retracted: known.retracted, lasts };
  }
  return change;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

function contentOfSample({ c, t, x, s, p, h, q, b }: WireSample): Content {
  const content: Writable<Content> = { code: c, t, quality: q ?? 0 };
  if (x !== undefined) content.x = x;
  else if (s !== undefined) content.series = s;
  if (p !== undefined) content.periodMs = p;
  if (h !== undefined) content.channel = h;
  if (b !== undefined && x !== undefined) content.comparator = b;
  return content;
}

type Content = Pick<
  StoredMeasurement,
  'code' | 't' | 'x' | 'comparator' | 'series' | 'periodMs' | 'channel' | 'quality'
>;

function contentOf(known: StoredMeasurement): Content {
  return {
    code: known.code,
    t: known.t,
    ...(known.x === undefined ? undefined : { x: known.x }),
    ...(known.comparator === undefined ? undefined : { comparator: known.comparator }),
    ...(known.series === undefined ? undefined : { series: known.series }),
    ...(known.periodMs === undefined ? undefined : { periodMs: known.periodMs }),
    ...(known.channel === undefined ? undefined : { channel: known.channel }),
    quality: known.quality,
  };
}
