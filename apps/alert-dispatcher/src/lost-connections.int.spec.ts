import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ofSuite, until } from '#libs/testing';
import { DispatcherBench, record } from './dispatcher.fixture.js';

describe('the dispatcher whose connection of locks is lost', () => {
  const bench = ofSuite(() => DispatcherBench.open());
  afterEach(() => bench.clear());

  it('when the dispatcher that holds a lane is gone, another takes it', async () => {
    const { receiver } = await bench.subscribe();
    const first = await bench.dispatch();
    await bench.append(record(randomUUID(), 'raised'));
    await receiver.waitFor((all) => all.length === 1, 10_000);
    await bench.dispatch();
    // As a crash does: the server ends the connection that holds the locks.
    await bench.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'homeostat-lanes' AND datname = current_database()`,
    );
    await bench.append(record(randomUUID(), 'raised'));
    await receiver.waitFor((all) => all.length === 2, 10_000);
    expect(first.problems.length).toBeGreaterThan(0);
  }, 30_000);

  it('leaves no connection when it is stopped while it reconnects', async () => {
    const dispatcher = await bench.dispatch();
    await bench.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'homeostat-lanes' AND datname = current_database()`,
    );
    await until(() => dispatcher.problems.length > 0);
    // What follows each test stops it, and refuses a database with connections.
  }, 30_000);
});
