import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import type { RunningServer } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { alertChannel, twinChannel } from '#libs/platform/storage';
import { alertOf, uuid, TwinApi } from '../twin-api.fixture.js';

describe('event streams over the API', () => {
  let api: TwinApi;
  let platform: Platform;
  let server: RunningServer;
  let tenant: number;
  let call: TwinApi['call'];
  let transition: TwinApi['transition'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ platform, server, tenant, call, transition } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  /** Reads server-sent events until `count` have come, then goes away. */
  async function listen(
    path: string,
    count: number,
    lastId?: string,
    onOpen?: () => Promise<void>,
    forMs = 20_000,
  ): Promise<{ id: string; event: string; data: Record<string, unknown> }[]> {
    const abort = new AbortController();
    const answer = await fetch(server.url + path, {
      headers: {
        authorization: `Bearer ${api.http.token}`,
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
      signal: abort.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events: { id: string; event: string; data: Record<string, unknown> }[] = [];
    let text = '';
    const timer = setTimeout(() => abort.abort(), forMs);
    try {
      await onOpen?.();
      for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const fields = Object.fromEntries(
            text
              .slice(0, end)
              .split('\n')
              .map((line) => line.split(/: (.*)/s).slice(0, 2)),
          );
          text = text.slice(end + 2);
          if (fields['data'] !== undefined)
            events.push({
              id: fields['id'],
              event: fields['event'],
              data: JSON.parse(fields['data']) as Record<string, unknown>,
            });
        }
        if (events.length >= count) break;
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
    return events;
  }
  const last = async (): Promise<string> =>
    (await platform.pool.query<{ n: string }>('SELECT coalesce(max(stream), 0)::text AS n FROM alert_transitions'))
      .rows[0]?.n ?? '0';

  it('streams alerts as they are emitted', async () => {
    const events = await listen('/v1/alerts/stream', 1, undefined, async () => {
      await transition(3, 1, alertOf(3, 'raised', 'open', { rule: { id: 'no-data', version: '1.0.0', title: 'x' } }));
      await platform.hot.publish([{ channel: alertChannel(tenant), message: 'x' }]);
    });
    expect(events).toMatchObject([{ event: 'alert.raised', data: { id: uuid(3) } }]);
  });

  it('streams what is emitted after its answer, however late its start position becomes known', async () => {
    const slow = await platform.pool.connect();
    await slow.query('BEGIN');
    await slow.query('SELECT pg_current_xact_id()');
    setTimeout(() => void slow.query('COMMIT').then(() => slow.release()), 400);
    const other = alertOf(4, 'raised', 'open', { rule: { id: 'pause', version: '1.0.0', title: 'x' } });
    const events = await listen('/v1/alerts/stream', 1, undefined, () => transition(4, 1, other), 10_000);
    expect(events).toMatchObject([{ event: 'alert.raised', data: { id: uuid(4) } }]);
  });

  it('resumes after Last-Event-ID without gap or repetition, while more come in, out of order', async () => {
    const from = await last();
    const amended = alertOf(3, 'amended', 'open', { rule: { id: 'no-data', version: '1.0.0', title: 'x' } });
    const writing = writeOutOfOrder(amended);
    const seen: string[] = [];
    let resume = from;
    for (let connection = 0; seen.length < WRITTEN && connection < 40; connection += 1) {
      const events = await listen('/v1/alerts/stream', 5, resume, undefined, 1_500);
      seen.push(...events.map((event) => event.id));
      resume = events.at(-1)?.id ?? resume;
    }
    await writing;
    const { rows } = await platform.pool.query<{ id: string }>(
      'SELECT stream::text AS id FROM alert_transitions t WHERE tenant = $1 AND stream > $2 ORDER BY t.stream',
      [tenant, from],
    );
    expect(rows).toHaveLength(WRITTEN);
    expect(seen).toEqual(rows.map((row) => row.id));
  }, 60_000);

  const WRITTEN = 66;
  /** 60 transitions, and six whose writer holds its place for 40 ms while others commit past it. */
  async function writeOutOfOrder(alert: Alert): Promise<void> {
    const slow = await platform.pool.connect();
    try {
      for (let sequence = 2; sequence <= 61; sequence += 1) {
        await transition(3, sequence, alert);
        if (sequence % 10 === 5) {
          await slow.query('BEGIN');
          await slow.query(
            `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES ($1, $2, $3, gen_random_uuid(), 'amended', now(), now(), $4)`,
            [tenant, uuid(3), 1000 + sequence, JSON.stringify(alert)],
          );
        }
        if (sequence % 10 === 9) await slow.query('COMMIT');
        await platform.hot.publish([{ channel: alertChannel(tenant), message: 'x' }]);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } finally {
      slow.release();
    }
  }

  it('sends the twin when its version is newer, at once when the client missed one', async () => {
    const [first] = await listen('/v1/twins/p1/stream', 1);
    expect(first).toMatchObject({ event: 'twin', data: { version: 7, patient: 'p1' } });
    const live = await listen('/v1/twins/p1/stream', 1, first?.id, async () => {
      await platform.pool.query(
        `UPDATE twins SET version = 8, snapshot = (snapshot::jsonb || '{"version": 8}')::text WHERE tenant = $1 AND patient = 'p1'`,
        [tenant],
      );
      await platform.hot.publish([{ channel: twinChannel(tenant, 'p1'), message: 'x' }]);
    });
    expect(live).toMatchObject([{ event: 'twin', data: { version: 8 } }]);
    const missed = await listen('/v1/twins/p1/stream', 1, first?.id);
    expect(missed).toMatchObject([{ id: live[0]?.id, data: { version: 8 } }]);
  });

  describe('says 410 to a Last-Event-ID that the stream never gave', () => {
    const NEVER: readonly (readonly [string, () => Promise<string>])[] = [
      ['garbage', () => Promise.resolve('x')],
      ['a negative number', () => Promise.resolve('-1')],
      ['zero', () => Promise.resolve('0')],
      ['a huge number', () => Promise.resolve('9'.repeat(40))],
      ['a number beyond bigint', () => Promise.resolve('9223372036854775808')],
      ['a fraction', () => Promise.resolve('1.5')],
      ['a number in another notation', () => Promise.resolve('0x1')],
      ['a list', () => Promise.resolve('1, 2')],
      ['a future position', async () => String(BigInt(await last()) + 1n)],
      ['a version to come', async () => (await twinId()).replace(/^\d+/, '999')],
      ["another patient's", async () => (await twinId()).replace(/.$/, (char) => (char === 'A' ? 'B' : 'A'))],
      ["another tenant's", () => transitionOf('south')],
    ];
    it.each(NEVER)('%s', async (_, make) => {
      const id = await make();
      for (const path of ['/v1/alerts/stream', '/v1/twins/p1/stream']) expect(await refusedAt(path, id)).toBe(true);
    });

    it("the other stream's", async () => {
      const [alerts, twins] = [await transitionOf('north'), await twinId()];
      expect(await refusedAt('/v1/twins/p1/stream', alerts)).toBe(true);
      expect(await refusedAt('/v1/alerts/stream', twins)).toBe(true);
      expect(await refusedAt('/v1/alerts/stream', alerts)).toBe(false);
      expect(await refusedAt('/v1/twins/p1/stream', twins)).toBe(false);
    });

    async function refusedAt(path: string, id: string): Promise<boolean> {
      const abort = new AbortController();
      const headers = { authorization: `Bearer ${api.http.token}`, 'last-event-id': id };
      const answer = await fetch(server.url + path, { headers, signal: abort.signal });
      if (answer.status === 200) {
        abort.abort();
        return false;
      }
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        410,
        'application/problem+json; charset=utf-8',
      ]);
      expect(await answer.json()).toMatchObject({ code: 'cursor-unknown', detail: expect.any(String) });
      return true;
    }
    const twinId = async (): Promise<string> => (await listen('/v1/twins/p1/stream', 1))[0]?.id ?? '';
    async function transitionOf(name: string): Promise<string> {
      const { rows } = await platform.pool.query<{ stream: string }>(
        `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert)
         SELECT key, $2, (SELECT count(*) + 1 FROM alert_transitions), gen_random_uuid(), 'raised', now(), now(), '{}'
         FROM tenants WHERE id = $1 RETURNING stream::text`,
        [name, uuid(99)],
      );
      return rows[0]?.stream ?? '';
    }
  });

  it('end when the client is disabled', async () => {
    await api.http.addClient('north', 'passing');
    const bearer = await api.http.tokenOf('passing');
    const streams = await Promise.all(
      ['/v1/alerts/stream', '/v1/twins/p1/stream'].map((path) =>
        fetch(server.url + path, { headers: { authorization: `Bearer ${bearer}` } }),
      ),
    );
    await platform.pool.query(`UPDATE clients SET disabled_at = now() WHERE id = 'passing'`);
    await Promise.all(streams.map((stream) => stream.text()));
    expect((await call('GET', '/v1/patients', undefined, { bearer })).status).toBe(401);
  });
});
