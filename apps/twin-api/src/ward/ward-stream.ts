import type { Access } from '#libs/platform/auth';
import type { StreamedTransition } from '#libs/platform/storage';
import type { AlertTail } from '../streams/alert-tail.js';
import type { EventStream, ServerEvent } from '../streams/event-stream.js';
import { WakeUp } from '../streams/wake-up.js';
import { iso } from '../wire.js';
import { sightOf, textAsSeen, type WardSight } from './ward-patient.js';
import type { WardEntry, WardFollower } from './ward-follower.js';
import { positionId, type WardPosition } from './ward-position.js';
import type { WardReader } from './ward-reader.js';

const HEARTBEAT_MS = 2_000;
/** Between two events of one patient: one that changes faster is shown as it is then. */
const MIN_PAUSE_MS = 500;
/** Reading what is sent takes at most one part in so many of the time, as long as nobody waits too long for it. */
const SHARE = 20;
/** What is sent is no older than about this, also on a machine that is short of time; a very large ward waits longer. */
const MAX_PAUSE_MS = 1_000;
const MAX_PAUSE_PER_PATIENT_MS = 1;
/** Events that are read and leave together: a slow reader holds no more than this here. */
const AT_ONCE = 100;

/**
 * One reader's stream of a ward: patients as they are now whenever they change, and alert transitions for those who may see them. Each event
 * carries the position up to which the reader has everything.
 */
export class WardStream {
  private position: WardPosition;
  private readonly sight: WardSight;
  private readonly tenant: number;

  constructor(
    private readonly stream: Pick<EventStream, 'signal' | 'begin' | 'send' | 'sendNow'>,
    private readonly follower: Pick<WardFollower, 'at' | 'newestAt' | 'join' | 'leave' | 'read'>,
    access: Access,
    private readonly from: WardPosition | undefined,
  ) {
    this.tenant = access.tenant.key;
    this.sight = sightOf(access.scopes);
    this.position = from ?? { at: follower.at, alerts: undefined };
  }

  /** Until the stream ends. */
  async pump(tail: Pick<AlertTail, 'share'>): Promise<void> {
    const { signal } = this.stream;
    const reader = await this.follower.join(this.from?.at);
    try {
      if (!this.sight.alerts) return await this.pumpPatients(reader);
      await tail.share(
        signal,
        this.tenant,
        this.from?.alerts,
        (place) => {
          this.position = { ...this.position, alerts: place };
          return this.pumpPatients(reader);
        },
        (row) => this.sendAlert(row),
      );
    } finally {
      this.follower.leave(reader);
    }
  }

  /** Answers the client before anything else. */
  private async pumpPatients(reader: WardReader): Promise<void> {
    const { signal } = this.stream;
    this.stream.begin();
    this.beat();
    const beating = setInterval(() => this.beat(), HEARTBEAT_MS);
    const never = new WakeUp();
    try {
      while (!signal.aborted) {
        await reader.wait(signal);
        const begun = performance.now();
        const { patients, readMs } = await this.sendChanged(reader);
        const pause = pauseAfter(patients, readMs) - (performance.now() - begun);
        if (pause > 0) await never.wait(pause, signal);
      }
    } finally {
      clearInterval(beating);
    }
  }

  /** @returns how many patients were sent, and how long the reading took, ms */
  private async sendChanged(reader: WardReader): Promise<{ readonly patients: number; readonly readMs: number }> {
    const { patients, at } = reader.take();
    let readMs = 0;
    for (let start = 0; start < patients.length; start += AT_ONCE) {
      const some = patients.slice(start, start + AT_ONCE);
      const begun = performance.now();
      const entries = await this.follower.read(some);
      readMs += performance.now() - begun;
      const isLast = start + AT_ONCE >= patients.length;
      const before = positionId(this.tenant, this.position);
      if (isLast) this.position = { ...this.position, at };
      const after = isLast ? positionId(this.tenant, this.position) : before;
      const events = [...entries].map(([patient, entry], n) =>
        this.eventOf(n === entries.size - 1 ? after : before, patient, entry),
      );
      if (!(await this.stream.send(...events))) break;
    }
    return { patients: patients.length, readMs };
  }

  private eventOf(id: string, patient: string, entry: WardEntry): ServerEvent {
    return entry === undefined
      ? { id, event: 'patient-removed', data: JSON.stringify({ patient }) }
      : { id, event: 'patient', data: textAsSeen(entry, this.sight) };
  }

  /** Of a patient who is not of the ward any more nothing is said, as in the inbox. */
  private async sendAlert({ stream, alert, isOfPresent }: StreamedTransition): Promise<boolean> {
    this.position = { ...this.position, alerts: BigInt(stream) };
    if (!isOfPresent) return true;
    return this.stream.send({
      id: positionId(this.tenant, this.position),
      event: 'alert',
      data: JSON.stringify(alert),
    });
  }

  private beat(): void {
    const { newestAt } = this.follower;
    const data = { at: iso(Date.now()), newestAt: newestAt === null ? null : iso(newestAt) };
    this.stream.sendNow({ event: 'heartbeat', data: JSON.stringify(data) });
  }
}

/** From the beginning of one round of reading and sending to that of the next, ms. */
export function pauseAfter(patients: number, readMs: number): number {
  const longest = Math.max(MAX_PAUSE_MS, patients * MAX_PAUSE_PER_PATIENT_MS);
  return Math.max(MIN_PAUSE_MS, Math.min(readMs * SHARE, longest), 2 * readMs);
}
