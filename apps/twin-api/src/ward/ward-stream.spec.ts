import { describe, expect, it } from '@jest/globals';
import type { ServerEvent } from '../streams/event-stream.js';
import type { WardPatient } from './ward-patient.js';
import { MAX_AGE_MS, positionId, positionOf } from './ward-position.js';
import { WardReader } from './ward-reader.js';
import { pauseAfter, WardStream } from './ward-stream.js';

const LABEL = { name: null, identifier: null, bed: null };
const patientAt = (patient: string, version: number): WardPatient => ({
  patient,
  version,
  ...LABEL,
  asOf: null,
  vitals: [],
  news2: null,
  alerts: { high: 1, medium: 0, low: 0 },
  forecast: null,
  monitoring: 'on',
});
const ACCESS = { tenant: { id: 'north', key: 1 }, client: 'c', scopes: ['twins.read'] };

/** A reader whose socket takes one write, then nothing until it is let go. */
class SlowSocket {
  private readonly abort = new AbortController();
  readonly signal = this.abort.signal;
  readonly sent: ServerEvent[] = [];
  private release: (() => void) | undefined;
  private isSlow = true;

  begin(): void {
    this.sent.length = 0;
  }
  sendNow(): void {
    // Heartbeats are not looked at.
  }
  async send(...events: readonly ServerEvent[]): Promise<boolean> {
    this.sent.push(...events);
    if (this.isSlow) await new Promise<void>((resolve) => (this.release = resolve));
    return !this.signal.aborted;
  }
  letGo(): void {
    this.isSlow = false;
    this.release?.();
  }
  end(): void {
    this.abort.abort();
    this.letGo();
  }
}

describe('the stream of a ward', () => {
  const versions = new Map<string, number>();
  let reads = 0;
  const reader = new WardReader(1_000);
  const follower = {
    at: 1_000,
    newestAt: null,
    join: () => Promise.resolve(reader),
    leave: () => undefined,
    read: (patients: readonly string[]) => {
      reads += patients.length;
      return Promise.resolve(
        new Map(patients.map((id) => [id, versions.has(id) ? patientAt(id, versions.get(id)!) : undefined])),
      );
    },
  };
  const change = (patient: string, version: number): void => {
    versions.set(patient, version);
    reader.add(patient);
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const atOf = ({ id = '' }: ServerEvent): number => positionOf(1, id, 3_000).at;

  it('holds of a slow reader no more than who has changed, and sends each as it is then', async () => {
    const socket = new SlowSocket();
    const stream = new WardStream(socket, follower, ACCESS, undefined);
    const pumping = stream.pump({ share: () => Promise.reject(new Error('without the scope there are no alerts')) });
    change('a', 1);
    while (socket.sent.length === 0) await turn();
    for (let version = 2; version <= 10_000; version += 1) change(`p${version % 3}`, version);
    versions.delete('p1');
    reader.add('p1');
    reader.offer(2_000);
    await turn();
    expect([socket.sent.length, reads]).toEqual([1, 1]);
    socket.letGo();
    while (socket.sent.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    const events = socket.sent
      .slice(1)
      .map(({ event, data }) => [event, (JSON.parse(data) as { version?: number }).version]);
    expect(events).toEqual([
      ['patient', 9_998],
      ['patient', 9_999],
      ['patient-removed', undefined],
    ]);
    // Only with the last one has the reader everything that had changed by then.
    expect(socket.sent.map(atOf)).toEqual([1_000, 1_000, 1_000, 2_000]);
    expect(JSON.parse(socket.sent[0]!.data)).toMatchObject({ alerts: null });
    socket.end();
    await pumping;
  });
});

it.each([
  ['one patient is seen at once, at most twice a second', 1, 1, 500],
  ['reading takes one part in twenty of the time', 500, 40, 800],
  ['nobody waits longer than a second for it', 500, 400, 1_000],
  ['nor does it take more than half of the time', 500, 900, 1_800],
  ['a very large ward waits longer', 10_000, 700, 10_000],
])('the pace of a stream: %s', (_, patients, readMs, ms) => expect(pauseAfter(patients, readMs)).toBe(ms));

describe('a position', () => {
  const NOW = 1_700_000_000_000;
  const at = (ms: number) => positionId(1, { at: ms, alerts: 17n });
  const refused = (tenant: number, id: string): boolean => {
    try {
      positionOf(tenant, id, NOW);
      return false;
    } catch (error) {
      expect(error).toMatchObject({ status: 410, code: 'cursor-unknown' });
      return true;
    }
  };

  it('is read as it was given, with alerts or without', () => {
    expect(positionOf(1, at(NOW - 5.5), NOW)).toEqual({ at: NOW - 6, alerts: 17n });
    const without = positionId(1, { at: NOW, alerts: undefined });
    expect(positionOf(1, without, NOW)).toEqual({ at: NOW, alerts: undefined });
  });

  it.each([
    ['an hour old', 1, at(NOW - MAX_AGE_MS - 1)],
    ['to come', 1, at(NOW + 120_000)],
    ["another tenant's", 2, at(NOW)],
    ['changed', 1, at(NOW).replace(/^\d/, '2')],
    ['empty', 1, ''],
    ['the id of an alert', 1, '17'],
  ])('is refused when it is %s', (_, tenant, id) => {
    expect(refused(tenant, id)).toBe(true);
  });
});
