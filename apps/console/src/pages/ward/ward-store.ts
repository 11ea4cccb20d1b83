import { answerOf, api } from '../../api/client.js';
import { fetchWard, WARD_PAGE } from '../../api/first-ward.js';
import { laterOf } from '../../live/connection-state.js';
import { live, type LiveMessage } from '../../live/live.js';
import type { WardPatient } from './ward-patient.js';

/** What comes in between is shown together, ms. */
const SHOWN_EVERY_MS = 250;
const AFTER_FAILURE_MS = 2_000;
/** The first reading has the server for itself as long as this: nobody sees anything before it is over. */
const FIRST_ALONE_MS = 3_000;

/** The ward as it is shown. */
export interface WardState {
  readonly patients: ReadonlyMap<string, WardPatient>;
  /** The first reading is over. */
  readonly isLoaded: boolean;
  /** Why the patients could not be read; what was read before is shown meanwhile. */
  readonly error: unknown;
}

/** A reading of all patients that is under way. */
interface Reading {
  /** Of two readings the one that began later is newer. */
  readonly number: number;
  /** Since it began: who came by the stream, which is newer. */
  readonly told: Set<string>;
}

/**
 * The patients: read at once, so that they are soon shown, and again after that when the stream has begun, because of what changed in between; then
 * kept by the stream, and read again when it begins anew.
 */
class WardStore {
  private state: WardState = { patients: new Map(), isLoaded: false, error: undefined };
  private readonly patients = new Map<string, WardPatient>();
  private readonly readings = new Set<Reading>();
  private readonly listeners = new Set<() => void>();
  private showing: ReturnType<typeof setTimeout> | undefined;
  private begun = 0;
  /** Number of the newest reading that is in what is shown. */
  private newest = 0;
  private stop: (() => void) | undefined;
  /** The stream has begun while the first reading was under way: another one follows it. */
  private following: ReturnType<typeof setTimeout> | undefined;

  current = (): WardState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.stop === undefined) {
      this.stop = live.subscribe((message) => this.take(message));
      void this.read();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  };

  /** What nobody looks at is not kept: it is read again, so that nothing old is shown as it is now. */
  private close(): void {
    this.stop?.();
    this.stop = undefined;
    this.forgetFollowing();
    this.readings.clear();
    this.patients.clear();
    this.state = { patients: new Map(), isLoaded: false, error: undefined };
  }

  private take(message: LiveMessage): void {
    if (message.kind === 'anew') {
      if (this.state.isLoaded || this.readings.size === 0) void this.read();
      else this.readLater(FIRST_ALONE_MS);
      return;
    }
    for (const { event, data } of message.events) {
      if (event === 'patient') {
        const patient = JSON.parse(data) as WardPatient;
        this.patients.set(patient.patient, patient);
        this.tell(patient.patient);
      } else if (event === 'patient-removed') {
        const { patient } = JSON.parse(data) as Pick<WardPatient, 'patient'>;
        this.patients.delete(patient);
        this.tell(patient);
      } else continue;
      this.show();
    }
  }

  private tell(patient: string): void {
    for (const { told } of this.readings) told.add(patient);
  }

  private readLater(ms: number): void {
    this.forgetFollowing();
    this.following = setTimeout(() => void this.read(), ms);
  }

  private forgetFollowing(): void {
    clearTimeout(this.following);
    this.following = undefined;
  }

  private async read(): Promise<void> {
    this.forgetFollowing();
    this.begun += 1;
    const own: Reading = { number: this.begun, told: new Set() };
    this.readings.add(own);
    try {
      const found = await readAll();
      if (!this.readings.delete(own) || own.number < this.newest) return;
      this.newest = own.number;
      for (const patient of this.patients.keys())
        if (!own.told.has(patient) && !found.has(patient)) this.patients.delete(patient);
      for (const [id, patient] of found) if (!own.told.has(id)) this.patients.set(id, patient);
      this.state = { ...this.state, isLoaded: true, error: undefined };
    } catch (error) {
      // Another one may still succeed.
      if (!this.readings.delete(own) || own.number < this.begun) return;
      this.state = { ...this.state, error };
      setTimeout(() => {
        if (own.number === this.begun && this.stop !== undefined) void this.read();
      }, AFTER_FAILURE_MS);
    }
    this.show();
    // Once it is painted.
    if (this.following !== undefined) this.readLater(SHOWN_EVERY_MS);
  }

  private show(): void {
    this.showing ??= setTimeout(
      () => {
        this.showing = undefined;
        this.state = { ...this.state, patients: new Map(this.patients) };
        for (const listener of this.listeners) listener();
      },
      this.state.patients.size === 0 ? 0 : SHOWN_EVERY_MS,
    );
  }
}

async function readAll(): Promise<ReadonlyMap<string, WardPatient>> {
  const found = new Map<string, WardPatient>();
  let cursor: string | undefined;
  do {
    const query = { limit: WARD_PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await answerOf(api.GET('/v1/ward', { params: { query }, fetch: fetchWard }));
    const newest = page.items.map(({ asOf }) => asOf).reduce(laterOf, null);
    live.answered(page.asOf, newest);
    for (const one of page.items) found.set(one.patient, one);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

export const wardStore = new WardStore();
