import type { PatientInput, WireSample } from '#libs/contracts';
import { identityOfSample, senderOf, type Needs, type StoredMeasurement } from '#libs/domain/twin';
import type { WantedIdentity, WantedWindow } from '#libs/platform/storage';
import { loadFormer } from './former-identities.js';
import type { Lookups } from './lookups.js';
import type { Bounds, Progress } from './progress.js';

/** What the core asked for before it could apply a record. */
export interface Wanted<R extends { readonly input: PatientInput }> {
  readonly progress: Progress<R>;
  readonly needs: Needs;
  readonly input: PatientInput;
}

/** Loads what patients' records need, of all of them in one query per kind, and gives it to their memories. */
export async function loadNeeds<R extends { readonly input: PatientInput }>(
  wanted: readonly Wanted<R>[],
  lookups: Lookups,
  { onTooMany }: Bounds,
): Promise<void> {
  const identities = new Map<string, { progress: Progress<R>; want: WantedIdentity; id?: string | undefined }>();
  const windows = new Map<string, { progress: Progress<R>; want: WantedWindow }>();
  for (const { progress, needs, input } of wanted) {
    const { tenant, twin } = progress.work;
    const places = needs.identities.length === 0 ? undefined : placesOf(input);
    for (const identity of needs.identities) {
      const { id, ...place } = places?.get(identity) ?? { code: 0, t: 0 };
      identities.set(`${tenant}/${twin}/${identity}`, { progress, want: { tenant, twin, identity, ...place }, id });
    }
    for (const { code, from, until } of needs.windows) {
      const want = { tenant, twin, code, from, ...(until === undefined ? undefined : { until }) };
      const id = until === undefined ? `${tenant}/${twin}/${code}` : `${tenant}/${twin}/${code}/${from}/${until}`;
      const earlier = windows.get(id);
      // One window up to now per measure: the widest asked for serves all.
      if (earlier === undefined || earlier.want.from > from) windows.set(id, { progress, want });
    }
  }
  const found = await lookups.identities([...identities.values()].map(({ want }) => want));
  const absent = [...identities.values()].flatMap(({ progress, want, id }, index) =>
    id === undefined || progress.fresh.has(want.identity) || found[index] !== undefined ? [] : [{ ...want, id }],
  );
  const formers = await loadFormer(absent, lookups);
  const lists = await lookups.windows([...windows.values()].map(({ want }) => want));
  [...identities].forEach(([key, { progress, want }], index) => {
    const stored = progress.fresh.get(want.identity) ?? found[index] ?? null;
    const former = (formers.get(key) ?? []).map((one) => progress.fresh.get(one.identity) ?? one);
    progress.memory.load({ identities: [{ identity: want.identity, stored, former }] });
  });
  const exceeding = new Set<Progress<R>>();
  [...windows.values()].forEach(({ progress, want }, index) => {
    const list = lists[index] ?? [];
    if (list === 'too-many') {
      exceeding.add(progress);
      return;
    }
    const measurements = laidOver(list, progress.fresh, want);
    progress.memory.load({ windows: [{ ...want, measurements }] });
  });
  for (const progress of exceeding) {
    const { work } = progress;
    if (onTooMany === 'leave') progress.isOver = true;
    else {
      const reason = 'more stored values would have to be re-evaluated than the engine can hold';
      work.failed.push({ record: work.records[progress.next]!, reason });
      progress.next++;
      work.taken = progress.next;
    }
  }
}

/** A stored window with this chunk's own versions in place of those they replace. */
function laidOver(
  stored: readonly StoredMeasurement[],
  fresh: ReadonlyMap<string, StoredMeasurement>,
  { code, from, until = Infinity }: Pick<WantedWindow, 'code' | 'from' | 'until'>,
): readonly StoredMeasurement[] {
  if (fresh.size === 0) return stored;
  const kept = stored.filter((measurement) => !fresh.has(measurement.identity));
  for (const measurement of fresh.values()) {
    const { t } = measurement;
    if (measurement.code === code && t >= from && t <= until && !measurement.retracted) kept.push(measurement);
  }
  return kept;
}

interface Place {
  readonly code: number;
  readonly t: number;
  /** Source identifier of a FHIR resource's value that may be stored under a former identity. */
  readonly id?: string;
}

/** Where each sample of a record stands or would stand, by identity. */
function placesOf(input: PatientInput): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  if (input.kind !== 'samples' && input.kind !== 'clinical') return places;
  const sender = senderOf(input);
  for (const sample of input.samples) {
    places.set(identityOfSample(sample, sender), { code: sample.c, t: sample.t, ...formerId(input, sample) });
  }
  return places;
}

/** Records of earlier versions of this software, which have no author, do not say whether a resource has earlier versions. */
function formerId(input: PatientInput, { i, k }: WireSample): { readonly id?: string } {
  if (input.kind !== 'clinical' || i === undefined) return {};
  return k === 1 || input.author === undefined ? { id: i } : {};
}
