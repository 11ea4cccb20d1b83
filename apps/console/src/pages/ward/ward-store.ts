import { answerOf, api } from '../../api/client.js';
import { laterOf } from '../../live/connection-state.js';
import { live, type LiveMessage } from '../../live/live.js';
import type { WardPatient } from './ward-patient.js';

const PAGE = 500;
/** What comes in between is shown together, ms. */
const SHOWN_EVERY_MS = 250;
const AFTER_FAILURE_MS = 2_000;

/** The ward as it is shown. */
export interface WardState {
  readonly patients: ReadonlyMap<string, WardPatient>;
  /** The first reading is over. */
  readonly isLoaded: boolean;
  /** Why the patients could not be read; what was read before is shown meanwhile. */
  readonly error: unknown;
}

/** The patients: read once, then kept by the stream, and read again when the stream begins anew. */
class WardStore {
  private state: WardState = { patients: new Map(), isLoaded: false, error: undefined };
  private readonly patients = new Map<string, WardPatient>();
  /** Since the reading that is under way began: who came by the stream, which is newer. */
  private told = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private showing: ReturnType<typeof setTimeout> | undefined;
  private reading = 0;
  private stop: (() => void) | undefined;

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
    this.reading += 1;
    this.patients.clear();
    this.state = { patients: new Map(), isLoaded: false, error: undefined };
  }

  private take(message: LiveMessage): void {
    if (message.kind === 'anew') {
      void this.read();
      return;
    }
    for (const { event, data } of message.events) {
      if (event === 'patient') {
        const patient = JSON.parse(data) as WardPatient;
        this.patients.set(patient.patient, patient);
        this.told.add(patient.patient);
      } else if (event === 'patient-removed') {
        const { patient } = JSON.parse(data) as Pick<WardPatient, 'patient'>;
        this.patients.delete(patient);
        this.told.add(patient);
      } else continue;
      this.show();
    }
  }

  private async read(): Promise<void> {
    this.reading += 1;
    const own = this.reading;
    this.told = new Set();
    try {
      const found = await readAll();
      if (own !== this.reading) return;
      for (const patient of this.patients.keys())
        if (!this.told.has(patient) && !found.has(patient)) this.patients.delete(patient);
      for (const [id, patient] of found) if (!this.told.has(id)) this.patients.set(id, patient);
      this.state = { ...this.state, isLoaded: true, error: undefined };
    } catch (error) {
      if (own !== this.reading) return;
      this.state = { ...this.state, error };
      setTimeout(() => {
        if (own === this.reading) void this.read();
      }, AFTER_FAILURE_MS);
    }
    this.show();
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
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await answerOf(api.GET('/v1/ward', { params: { query } }));
    const newest = page.items.map(({ asOf }) => asOf).reduce(laterOf, null);
    live.answered(page.asOf, newest);
    for (const one of page.items) found.set(one.patient, one);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

export const wardStore = new WardStore();
