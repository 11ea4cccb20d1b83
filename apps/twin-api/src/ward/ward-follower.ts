import type { Pool } from 'pg';
import {
  labelChanges,
  patientLabels,
  twinChannels,
  twinsChangedSince,
  wardVersions,
  type HotState,
  type LabelledPatient,
} from '#libs/platform/storage';
import { WakeUp } from '../streams/wake-up.js';
import type { WardPatient } from './ward-patient.js';
import type { WardPatients } from './ward-patients.js';
import { WardReader } from './ward-reader.js';

/** How often to look without being woken: fan-out is at most once, and absent between processes without Redis. */
const POLL_MS = 1_000;
const AFTER_FAILURE_MS = 1_000;
/** Looking takes at most about one part in so many of the time, as long as that is not too rarely. */
const SHARE = 4;
const MAX_POLL_MS = 5_000;
/**
 * Longer than a transaction takes from the moment that it stamps to its commit, with what the clocks of gateways differ by. What has changed
 * since a position less than that is sent again, which shows the same.
 */
export const SETTLED_MS = 120_000;
const READ_AT_ONCE = 100;

/** A patient of the ward as it is now; undefined: no longer of the ward. */
export type WardEntry = WardPatient | undefined;

/**
 * Follows the patients of one tenant for all readers of this process. Hints of the hot state and a look at all versions each second say who has
 * changed; a patient is read once for all readers, when the first of them is about to send it.
 */
export class WardFollower {
  /** Of each twin: the newest version that is known of. */
  private readonly known = new Map<string, number>();
  /** Of whom the engine said so since they were read last: the version that it has shown. */
  private readonly shown = new Map<string, number>();
  private readonly labels = new Map<string, LabelledPatient>();
  private readonly entries = new Map<string, WardEntry>();
  private lower: ReadonlySet<string> = new Set();
  private labelVersions = new Map<string, number>();
  private readonly readers = new Set<WardReader>();
  private readonly changedWhileReading = new Set<string>();
  private reading: Promise<unknown> = Promise.resolve();
  private readonly stopped = new AbortController();
  private readonly pause = new WakeUp();
  private position = 0;
  private newest: number | null = null;
  private unsubscribe: (() => Promise<void>) | undefined;

  constructor(
    private readonly tenant: number,
    private readonly pool: Pool,
    private readonly patients: WardPatients,
    private readonly hot: Pick<HotState, 'subscribePrefix'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Until it knows where "now" is. @throws when the database cannot be asked */
  async start(): Promise<void> {
    this.unsubscribe = await this.hot
      .subscribePrefix(twinChannels(this.tenant), (patient, version) => {
        if (this.hear(patient, Number(version))) this.shown.set(patient, Number(version));
      })
      .catch((error: unknown) => {
        // Looking still finds everything.
        this.onFailure(error);
        return () => Promise.resolve();
      });
    await this.look();
    void this.follow();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.unsubscribe?.();
  }

  /** Newest effective time that any twin has seen, ms. */
  get newestAt(): number | null {
    return this.newest;
  }

  get at(): number {
    return this.position;
  }

  /** @param since also what has changed since then, ms by the clock of the database; absent: what changes from now on */
  async join(since?: number): Promise<WardReader> {
    const reader = new WardReader(this.position);
    this.readers.add(reader);
    if (since === undefined) return reader;
    const [twins, labels] = await Promise.all([
      twinsChangedSince(this.pool, this.tenant, since - SETTLED_MS),
      labelChanges(this.pool, this.tenant, since - SETTLED_MS),
    ]);
    for (const patient of twins) reader.add(patient);
    for (const { patient } of labels)
      for (const one of patient === null ? this.known.keys() : [patient]) reader.add(one);
    return reader;
  }

  leave(reader: WardReader): void {
    this.readers.delete(reader);
  }

  /** Patients as they are now: from what was read before where nothing has changed since. */
  async read(patients: readonly string[]): Promise<ReadonlyMap<string, WardEntry>> {
    const found = new Map<string, WardEntry>();
    for (let start = 0; start < patients.length; start += READ_AT_ONCE) {
      const some = patients.slice(start, start + READ_AT_ONCE);
      // One after the other: what one reader has read the next one has.
      const read = this.reading.then(() => this.readSome(some));
      this.reading = read.catch(() => undefined);
      for (const [patient, entry] of await read) found.set(patient, entry);
    }
    return found;
  }

  private async readSome(patients: readonly string[]): Promise<readonly (readonly [string, WardEntry])[]> {
    const due = patients.filter((patient) => !this.entries.has(patient));
    const read = new Map<string, WardEntry>();
    if (due.length > 0) {
      this.changedWhileReading.clear();
      const labels = await this.labelsOf(due);
      const shown = new Map<string, number>();
      for (const patient of due) {
        const version = this.shown.get(patient);
        if (version !== undefined) shown.set(patient, version);
        this.shown.delete(patient);
      }
      const known = { atLeast: this.known, shown };
      for (const one of await this.patients.read(this.tenant, [...labels.keys()], Promise.resolve(labels), known))
        read.set(one.patient, one);
      for (const patient of due)
        if (!this.changedWhileReading.has(patient)) this.entries.set(patient, read.get(patient));
    }
    return patients.map((patient) => [patient, read.has(patient) ? read.get(patient) : this.entries.get(patient)]);
  }

  private async labelsOf(patients: readonly string[]): Promise<ReadonlyMap<string, LabelledPatient>> {
    const due = patients.filter((patient) => !this.labels.has(patient));
    const read = await patientLabels(this.pool, this.tenant, due);
    for (const [patient, label] of read) if (!this.changedWhileReading.has(patient)) this.labels.set(patient, label);
    return new Map(
      patients.flatMap((patient) => {
        const label = read.get(patient) ?? this.labels.get(patient);
        return label === undefined ? [] : [[patient, label] as const];
      }),
    );
  }

  /** @returns whether that is news */
  private hear(patient: string, version: number): boolean {
    if (!(version > (this.known.get(patient) ?? -1))) return false;
    this.known.set(patient, version);
    this.mark(patient);
    return true;
  }

  private mark(patient: string): void {
    this.entries.delete(patient);
    this.changedWhileReading.add(patient);
    for (const reader of this.readers) reader.add(patient);
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopped;
    let ms = POLL_MS;
    while (!signal.aborted) {
      await this.pause.wait(ms, signal);
      if (signal.aborted) return;
      const begun = performance.now();
      try {
        await this.look();
        ms = Math.min(MAX_POLL_MS, Math.max(POLL_MS, (performance.now() - begun) * SHARE));
      } catch (error) {
        this.onFailure(error);
        ms = AFTER_FAILURE_MS;
      }
    }
  }

  private async look(): Promise<void> {
    const isFirst = this.position === 0;
    const { at, newestAt, versions } = await wardVersions(this.pool, this.tenant);
    const changes = await labelChanges(this.pool, this.tenant, at - SETTLED_MS);
    this.newest = newestAt;
    const there = new Set<string>();
    const lower = new Set<string>();
    for (const [patient, version] of versions) {
      there.add(patient);
      if (isFirst && !this.known.has(patient)) this.known.set(patient, version);
      else this.hear(patient, version);
      if (version < this.known.get(patient)!) lower.add(patient);
    }
    // A hint may be ahead of what was looked at; what is lower again and again is a twin that was rebuilt.
    for (const patient of lower) if (this.lower.has(patient)) this.known.delete(patient);
    this.lower = lower;
    for (const patient of this.known.keys()) {
      if (there.has(patient)) continue;
      this.known.delete(patient);
      this.shown.delete(patient);
      this.forgetLabel(patient);
    }
    const before = this.labelVersions;
    this.labelVersions = new Map(changes.map(({ type, id, version }) => [`${type}/${id}`, version]));
    for (const { type, id, version, patient } of isFirst ? [] : changes) {
      if (before.get(`${type}/${id}`) === version) continue;
      for (const one of patient === null ? this.known.keys() : [patient])
        if (this.known.has(one)) this.forgetLabel(one);
    }
    this.position = at;
    for (const reader of this.readers) reader.offer(at);
  }

  private forgetLabel(patient: string): void {
    this.labels.delete(patient);
    this.mark(patient);
  }
}
