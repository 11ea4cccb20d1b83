import { describe, expect, it } from '@jest/globals';
import type { Committed, Decision, FhirLookups, Step } from '#libs/fhir-rest';
import type { CommitRequest } from './commit-request.js';
import { CommitQueue } from './commit-queue.js';
import type { Outcome, Together } from './commit-together.js';

const NOTHING: Decision = { results: [], changes: [], news: new Map(), unmeasured: [] };
const COMMITTED: Outcome = { kind: 'committed', decision: NOTHING };

function request(over: Partial<FhirLookups> = {}, { tenant = 1, steps = 1, key = '' } = {}): CommitRequest {
  const first = { lock: [], read: [], patients: [], devices: [], ...over };
  const step: Step = { kind: 'delete', index: 0, type: 'Patient', id: 'x', at: 'Patient' };
  return {
    origin: {
      tenant,
      allowed: { isRestricted: () => false, permits: () => true },
      author: 'a',
      request: 'r',
      receivedAt: 0,
    },
    lookups: { steps: Array.from({ length: steps }, () => step), first, further: () => undefined },
    decide: () => NOTHING,
    mode: 'atomic',
    ...(key === ''
      ? {}
      : { kept: { key: { client: 'a', key, hash: 'h' }, answer: () => ({ status: 200, headers: {}, body: '' }) } }),
  };
}

/** Transactions end when the test says so. */
class Ways {
  readonly groups: (readonly CommitRequest[])[] = [];
  readonly alone: CommitRequest[] = [];
  private readonly ends: { resolve: (done: Together) => void; reject: (error: unknown) => void }[] = [];
  readonly queue = new CommitQueue({
    together: (requests) => {
      this.groups.push(requests);
      return new Promise((resolve, reject) => this.ends.push({ resolve, reject }));
    },
    alone: (one) => {
      this.alone.push(one);
      return Promise.resolve<Committed>({ kind: 'cancelled' });
    },
  });

  async end(done: Together | Error | 'all'): Promise<void> {
    const group = this.groups[this.groups.length - this.ends.length] ?? [];
    const { resolve, reject } = this.ends.shift()!;
    if (done instanceof Error) reject(done);
    else resolve(done === 'all' ? { kind: 'done', outcomes: group.map(() => COMMITTED) } : done);
    await new Promise((next) => setImmediate(next));
  }

  sizes(): readonly number[] {
    return this.groups.map((group) => group.length);
  }
}

describe('small requests', () => {
  it('share the next transaction when they arrive during one, and the first starts at once', async () => {
    const ways = new Ways();
    const done = [request(), request(), request()].map((one) => ways.queue.submit(one));
    expect(ways.sizes()).toEqual([1]);
    await ways.end('all');
    expect(ways.sizes()).toEqual([1, 2]);
    await ways.end('all');
    expect(await Promise.all(done)).toEqual([COMMITTED, COMMITTED, COMMITTED]);
  });

  it('are of one tenant, up to 32 with up to 200 steps together', async () => {
    const ways = new Ways();
    void ways.queue.submit(request());
    for (let n = 0; n < 40; n++) void ways.queue.submit(request({}, { tenant: 1 + (n % 2) }));
    for (let n = 0; n < 4; n++) void ways.queue.submit(request({}, { steps: 90 }));
    for (let n = 0; n < 4; n++) await ways.end('all');
    expect(ways.sizes()).toEqual([1, 22, 20, 2]);
    expect(ways.groups.map((group) => new Set(group.map(({ origin }) => origin.tenant)).size)).toEqual([1, 1, 1, 1]);
  });

  it('are done alone when their transaction was lost, and all fail when nobody knows what became of it', async () => {
    const ways = new Ways();
    const first = ways.queue.submit(request());
    await ways.end({ kind: 'lost' });
    expect([await first, ways.alone.length]).toEqual([{ kind: 'cancelled' }, 1]);
    const second = ways.queue.submit(request());
    const failed = second.catch((error: unknown) => error);
    await ways.end(new Error('gone'));
    expect(await failed).toEqual(new Error('gone'));
    expect(ways.alone.length).toBe(1);
  });

  it('wait for one before them that changed what they ask for, ahead of those that came later', async () => {
    const ways = new Ways();
    void ways.queue.submit(request());
    const [, touched] = [ways.queue.submit(request()), ways.queue.submit(request({ patients: ['p'] }))];
    await ways.end('all');
    void ways.queue.submit(request());
    await ways.end({ kind: 'done', outcomes: [COMMITTED, { kind: 'waits' }] });
    expect(ways.groups[2]?.map(({ lookups }) => lookups.first.patients)).toEqual([['p'], []]);
    await ways.end('all');
    expect(await touched).toEqual(COMMITTED);
  });

  it('fail alone where deciding them fails', async () => {
    const ways = new Ways();
    void ways.queue.submit(request());
    const [bad, good] = [ways.queue.submit(request()), ways.queue.submit(request())];
    const failed = bad.catch((error: unknown) => error);
    await ways.end('all');
    await ways.end({ kind: 'done', outcomes: [{ kind: 'failed', error: new Error('a bug') }, COMMITTED] });
    expect(await failed).toEqual(new Error('a bug'));
    expect(await good).toEqual(COMMITTED);
  });

  it('go on beside a transaction that takes long, but for those that need what it has locked', async () => {
    const ways = new Ways();
    const lock = [{ type: 'Patient', id: 'p' }];
    void ways.queue.submit(request({ lock }));
    void ways.queue.submit(request({ lock }));
    void ways.queue.submit(request({ locks: [{ key: 7, isShared: true }] }));
    expect(ways.sizes()).toEqual([1]);
    await new Promise((later) => setTimeout(later, 100));
    expect(ways.sizes()).toEqual([1, 1]);
    expect(ways.groups[1]?.[0]?.lookups.first.locks).toEqual([{ key: 7, isShared: true }]);
    await ways.end('all');
    expect(ways.groups[2]?.[0]?.lookups.first.lock).toEqual(lock);
  });
});

it('large requests, and those that take effect once, have a transaction of their own', async () => {
  const ways = new Ways();
  await Promise.all([ways.queue.submit(request({}, { steps: 101 })), ways.queue.submit(request({}, { key: 'k' }))]);
  expect([ways.alone.length, ways.groups.length]).toEqual([2, 0]);
});
