import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { LaneStore, DeliveryStore } from '#libs/platform/delivery';
import { alertRecord } from '../../../../test/support/alert-record.js';
import { pair, raised, sleep, TestLanes, until } from './lanes.fixture.js';

describe('lanes on a real database and real endpoints', () => {
  let lanes: TestLanes;

  beforeAll(async () => {
    lanes = await TestLanes.open();
  }, 60_000);
  afterEach(() => lanes.reset(), 30_000);
  afterAll(() => lanes.close());

  describe('what an endpoint refuses', () => {
    it('300 refused messages hold up neither a newer nor a more severe alert', async () => {
      const { endpoint } = await lanes.subscribe();
      endpoint.answer = ({ category }) => ({ status: category === 'technical' ? 422 : 200 });
      await lanes.serve();
      await lanes.enqueue(
        ...Array.from({ length: 300 }, (_, i) => raised({ patient: `t${i}`, category: 'technical' })),
      );
      await until(() => endpoint.got.length >= 100);
      const lags: number[] = [];
      for (let i = 0; i < 10; i += 1) {
        const severity = i % 2 === 0 ? ('high' as const) : ('low' as const);
        const began = Date.now();
        await lanes.enqueue(raised({ patient: `n${i}`, severity }));
        await until(() => endpoint.of(`n${i}`).length === 1);
        lags.push(Date.now() - began);
        await sleep(100);
      }
      // Behind them it would wait for their retries, tens of seconds.
      expect(Math.max(...lags)).toBeLessThan(5000);
    }, 30_000);

    it('parks a refused message after three tries, and sends the rest of the episode', async () => {
      const { id, endpoint } = await lanes.subscribe();
      endpoint.answer = ({ transition }) => ({ status: transition === 'raised' ? 404 : 200 });
      await lanes.serve();
      await lanes.enqueue(...pair('p1'));
      await until(() => endpoint.of('p1').length === 4);
      expect(endpoint.of('p1').map(({ alert }) => alert.transition)).toEqual([
        'raised',
        'raised',
        'raised',
        'resolved',
      ]);
      await until(async () => (await lanes.statuses(id)).join() === 'delivered,parked');
      // Replayed, it has three tries again.
      await new DeliveryStore(lanes.pool).replay(1, id, { status: 'parked' }, Date.now());
      await until(() => endpoint.of('p1').length === 7);
      await until(async () => (await lanes.statuses(id)).join() === 'delivered,parked');
    }, 30_000);

    it('sends one message again under its id, and no other; one that waits for its next attempt at once', async () => {
      const { id, endpoint } = await lanes.subscribe();
      const store = new DeliveryStore(lanes.pool);
      await lanes.serve();
      await lanes.enqueue(raised({ patient: 'p1' }), raised({ patient: 'p2' }));
      await until(async () => (await lanes.statuses(id)).join() === 'delivered,delivered');
      const [first] = endpoint.of('p1');
      expect(await store.replayOne(1, id, first!.id, Date.now())).toBe(true);
      await until(() => endpoint.of('p1').length === 2);
      expect(endpoint.of('p1').map((got) => got.id)).toEqual([first!.id, first!.id]);
      await until(async () => (await lanes.statuses(id)).join() === 'delivered,delivered');
      expect(endpoint.of('p2')).toHaveLength(1);
      expect((await store.attempts(1, id, [first!.id])).get(first!.id)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);

      endpoint.answer = (_, tries) => ({ status: tries < 3 ? 503 : 200, headers: { 'retry-after': '3600' } });
      await lanes.enqueue(raised({ patient: 'p3' }));
      await until(() => endpoint.of('p3').length === 1);
      const message = endpoint.of('p3')[0]!.id;
      await until(async () => (await store.attempts(1, id, [message])).has(message));
      for (const times of [2, 3]) {
        expect(await store.replayOne(1, id, message, Date.now())).toBe(true);
        await until(() => endpoint.of('p3').length === times);
        await until(async () => (await store.attempts(1, id, [message])).get(message)?.length === times);
      }
      await until(async () => !(await lanes.statuses(id)).includes('pending'));
      expect(await store.replayOne(1, id, randomUUID(), Date.now())).toBe(false);
      expect(await store.replayOne(2, id, message, Date.now())).toBe(false);
    }, 30_000);

    it('408, 425, 429, 500, 503 and 302 are tried beyond three times', async () => {
      const statuses = [408, 425, 429, 500, 503, 302];
      const endpoints = await Promise.all(
        statuses.map(async (status) => {
          const { endpoint } = await lanes.subscribe();
          endpoint.answer = (_, tries) => ({ status: tries < 4 ? status : 200 });
          return endpoint;
        }),
      );
      await lanes.serve();
      await lanes.enqueue(raised());
      await until(() => lanes.sent.filter(({ outcome }) => outcome === 'delivered').length === statuses.length);
      expect(endpoints.map(({ got }) => got.length)).toEqual(statuses.map(() => 4));
    }, 30_000);

    it.each([
      ['seconds', () => '3'],
      ['a date', () => new Date(Date.now() + 4000).toUTCString()],
    ])(
      'Retry-After in %s holds for its message, whatever else succeeds',
      async (_, header) => {
        const { endpoint } = await lanes.subscribe();
        endpoint.answer = ({ patient }, tries) =>
          patient === 'busy' && tries === 1 ? { status: 429, headers: { 'retry-after': header() } } : { status: 200 };
        await lanes.serve();
        await lanes.enqueue(raised({ patient: 'busy' }));
        await until(() => endpoint.of('busy').length === 1);
        for (let i = 0; i < 8; i += 1) {
          await lanes.enqueue(raised({ patient: `other${i}` }));
          await sleep(200);
        }
        expect(endpoint.got).toHaveLength(9);
        await until(() => endpoint.of('busy').length === 2);
        const [first, second] = endpoint.of('busy');
        const waited = (second?.at ?? 0) - (first?.at ?? 0);
        expect([waited >= 2990, waited < 5500]).toEqual([true, true]);
      },
      30_000,
    );
  });

  describe('slow answers', () => {
    it('one, or many, hold up neither another patient nor another endpoint', async () => {
      const slow = await lanes.subscribe();
      const well = await lanes.subscribe();
      slow.endpoint.answer = ({ patient }) =>
        patient.startsWith('slow') ? { status: 200, afterMs: Infinity } : { status: 200 };
      await lanes.serve();
      await lanes.enqueue(...Array.from({ length: 100 }, (_, i) => raised({ patient: `slow${i}` })));
      const began = Date.now();
      await until(() => well.endpoint.got.length === 100);
      await until(() => slow.endpoint.got.length === 100);
      expect(Date.now() - began).toBeLessThan(5000);
      const asked = Date.now();
      await lanes.enqueue(raised({ patient: 'urgent', severity: 'high' }));
      await until(() => slow.endpoint.of('urgent').length === 1);
      expect(Date.now() - asked).toBeLessThan(5000);
      // Noted at once, not with the slowest.
      await until(
        async () =>
          (await lanes.pool.query(`SELECT 1 FROM deliveries WHERE webhook = $1 AND status = 'delivered'`, [slow.id]))
            .rowCount === 1,
      );
      expect(Date.now() - asked).toBeLessThan(5000);
    }, 60_000);

    it('count as long as they took: the time of a delivery ends with its answer', async () => {
      const { endpoint } = await lanes.subscribe();
      endpoint.answer = (_, tries) => (tries === 1 ? { status: 503 } : { status: 200, afterMs: 700 });
      await lanes.serve();
      await lanes.enqueue(alertRecord({}, Date.now() - 5000));
      await until(() => lanes.sent.length === 2);
      expect(lanes.sent.map(({ outcome }) => outcome)).toEqual(['retry', 'delivered']);
      expect(lanes.sent[1]?.seconds).toBeGreaterThan(6.4);
      expect(lanes.sent[1]?.seconds).toBeLessThan(9);
    }, 30_000);
  });

  it('a more severe alert that waits behind the head of its episode counts for the head', async () => {
    const { id } = await lanes.subscribe();
    const episode = randomUUID();
    const low = raised({ patient: 'low', severity: 'low' });
    const head = raised({ patient: 'rising', episode, severity: 'low' });
    const medium = raised({ patient: 'medium', severity: 'medium' });
    await lanes.enqueue(
      low,
      head,
      medium,
      raised({ patient: 'rising', episode, severity: 'high', transition: 'escalated' }),
    );
    const store = new LaneStore(lanes.pool);
    const asked = { now: Date.now(), inFlight: [], fresh: 10, again: 10 };
    const view = await store.look(1, id, asked);
    expect(view?.fresh.map(({ message }) => message)).toEqual([head, medium, low].map(({ transition }) => transition));
    expect(view?.fresh.map(({ followed }) => followed)).toEqual([true, false, false]);
    const later = await store.look(1, id, { ...asked, inFlight: [head.transition], fresh: 1 });
    expect(later?.fresh.map(({ message }) => message)).toEqual([medium.transition]);
    expect(later?.followed).toEqual([head.transition]);
  });

  it('order within an episode holds whatever fails in between', async () => {
    const { endpoint } = await lanes.subscribe();
    endpoint.answer = (_, tries) => ({ status: tries === 1 ? 503 : 200 });
    await lanes.serve();
    const episodes = Array.from({ length: 20 }, () => randomUUID());
    const transitions = ['raised', 'escalated', 'resolved'] as const;
    for (const transition of transitions) {
      await lanes.enqueue(...episodes.map((episode) => raised({ episode, transition, patient: episode })));
    }
    await until(() => lanes.sent.filter(({ outcome }) => outcome === 'delivered').length === 60, 30_000);
    for (const episode of episodes) {
      const order = endpoint.of(episode).map(({ alert }) => alert.transition);
      expect(order).toEqual(transitions.flatMap((transition) => [transition, transition]));
    }
  }, 60_000);
});
