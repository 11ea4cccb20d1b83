import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { matchesFilter, type WebhookFilter } from '#libs/platform/delivery';
import { ofSuite, until } from '#libs/testing';
import { DispatcherBench, record } from './dispatcher.fixture.js';

describe('the dispatcher on a real database and real endpoints', () => {
  const bench = ofSuite(() => DispatcherBench.open());
  afterEach(() => bench.clear());

  it('signs and delivers, in order per episode, each message under an id of its own', async () => {
    const { receiver } = await bench.subscribe();
    await bench.dispatch();
    const episode = randomUUID();
    const told = [record(episode, 'raised'), record(episode, 'escalated'), record(episode, 'resolved')];
    await bench.append(...told);
    await receiver.waitFor((all) => all.length === 3, 10_000);
    expect(receiver.received.map((message) => message.type)).toEqual([
      'alert.raised',
      'alert.escalated',
      'alert.resolved',
    ]);
    expect(receiver.received.map((message) => message.id)).toEqual(told.map((r) => r.transition));
    expect(receiver.received.map((message) => message.data.sequence)).toEqual(told.map((r) => r.sequence));
    expect(receiver.received.every((message) => message.signed)).toBe(true);
  });

  it('queues a repeated record once', async () => {
    const { receiver } = await bench.subscribe();
    await bench.dispatch();
    const twice = record(randomUUID(), 'raised');
    const after = record(randomUUID(), 'raised');
    await bench.append(twice, twice);
    await bench.append(twice, after);
    await receiver.waitFor((all) => all.some((message) => message.id === after.transition), 10_000);
    expect(receiver.received.map((message) => message.id)).toEqual([twice.transition, after.transition]);
  });

  it('applies the filter, and sends the rest of an episode that it has begun to send', async () => {
    const { receiver } = await bench.subscribe({ severity: ['high'] });
    await bench.dispatch();
    const episode = randomUUID();
    const last = record(randomUUID(), 'raised', { severity: 'high' });
    await bench.append(
      record(episode, 'raised', { severity: 'medium' }),
      record(episode, 'escalated', { severity: 'high' }),
      record(episode, 'deescalated', { severity: 'medium' }),
      last,
    );
    await receiver.waitFor((all) => all.length >= 3, 10_000);
    const ofEpisode = receiver.received.filter((message) => message.data.episode === episode);
    expect(ofEpisode.map((message) => message.type)).toEqual(['alert.escalated', 'alert.deescalated']);
  });

  it('tries again until the endpoint answers, keeps the order, and notes the attempts', async () => {
    const { id, receiver } = await bench.subscribe();
    receiver.answer = 503;
    await bench.dispatch();
    const episode = randomUUID();
    await bench.append(record(episode, 'raised'), record(episode, 'resolved'));
    await until(() => receiver.requests >= 2);
    receiver.answer = 200;
    await receiver.waitFor((all) => all.length === 2, 15_000);
    expect(receiver.received.map((message) => message.type)).toEqual(['alert.raised', 'alert.resolved']);
    await until(async () =>
      (await bench.deliveries.list(1, id, { limit: 10 })).items.every((item) => item.status === 'delivered'),
    );
    const first = receiver.received[0]?.id ?? '';
    const attempts = (await bench.deliveries.attempts(1, id, [first])).get(first) ?? [];
    expect(attempts.length).toBeGreaterThanOrEqual(2);
    expect(attempts[0]).toMatchObject({ attempt: 1, status: 503, error: 'answered 503' });
    expect(attempts.at(-1)).toMatchObject({ status: 200, error: null });
  }, 30_000);

  it('410 disables the webhook and parks what waits; made active again, a replay delivers it', async () => {
    const { id, receiver } = await bench.subscribe();
    receiver.answer = 410;
    await bench.dispatch();
    await bench.append(record(randomUUID(), 'raised'));
    await until(async () => (await bench.webhooks.get(1, id))?.status === 'disabled');
    expect((await bench.webhooks.get(1, id))?.statusReason).toContain('410');
    await until(async () => (await bench.deliveries.list(1, id, { limit: 10, status: 'parked' })).items.length === 1);
    receiver.answer = 200;
    await bench.webhooks.update(1, id, { status: 'active' });
    expect(await bench.deliveries.replay(1, id, { status: 'parked' }, Date.now())).toBe(1);
    await receiver.waitFor((all) => all.length === 1, 10_000);
  }, 30_000);

  it('a replay of a time sends what the filter wants, as live delivery does', async () => {
    const told = [
      {},
      { category: 'technical' },
      { severity: 'high' },
      { patient: 'p2' },
      { rule: { id: 'glucose-very-low', version: '1.0.0', title: '' } },
      {
        rule: { id: 'glucose-very-low', version: '1.0.0', title: '' },
        suppressed: [{ rule: 'glucose-low', reason: 'same-cause' }],
      },
    ] satisfies Partial<Alert>[];
    const records = told.map((over) => record(randomUUID(), 'raised', over));
    for (const { alert, transition, sequence: at } of records) {
      await bench.pool.query(
        `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES (1, $1, $2, $3, 'raised', now(), now(), $4)`,
        [alert.episode, at, transition, JSON.stringify(alert)],
      );
    }
    const filters: WebhookFilter[] = [
      {},
      { category: 'physiological' },
      { category: 'technical' },
      { severity: ['high'] },
      { rules: ['glucose-low'] },
      { rules: ['glucose-very-low'], category: 'physiological' },
      { patients: ['Patient/p2', 'p3'] },
    ];
    for (const filter of filters) {
      const { id } = await bench.subscribe(filter);
      await bench.deliveries.replay(1, id, { from: Date.now() - 60_000 }, Date.now());
      const queued = (await bench.deliveries.list(1, id, { limit: 10 })).items.map(({ message }) => message);
      const wanted = records.filter(({ alert }) => matchesFilter(alert, filter)).map(({ transition }) => transition);
      expect([filter, queued.toSorted()]).toEqual([filter, wanted.toSorted()]);
    }
  });

  it('a dead endpoint does not delay another', async () => {
    const dead = await bench.subscribe();
    dead.receiver.answer = 500;
    const well = await bench.subscribe();
    await bench.dispatch();
    await bench.append(...Array.from({ length: 50 }, () => record(randomUUID(), 'raised')));
    await well.receiver.waitFor((all) => all.length === 50, 10_000);
    expect(dead.receiver.received).toHaveLength(0);
  });

  it('refuses to follow redirects', async () => {
    const { id, receiver } = await bench.subscribe();
    receiver.answer = 302;
    await bench.dispatch();
    await bench.append(record(randomUUID(), 'raised'));
    await until(async () => ((await bench.deliveries.list(1, id, { limit: 1 })).items[0]?.attempts ?? 0) >= 1);
    expect((await bench.deliveries.list(1, id, { limit: 1 })).items[0]).toMatchObject({
      status: 'pending',
      lastStatus: 302,
    });
  });
});
