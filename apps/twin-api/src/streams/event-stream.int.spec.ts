import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { EventStreams } from './event-stream.js';

/** A server whose caller says which tenant it is. */
async function serverWith(limits: {
  all: number;
  ofATenant: number;
}): Promise<{ url: string; server: FastifyInstance }> {
  const server = Fastify({ forceCloseConnections: true });
  const streams = new EventStreams(new AbortController().signal, { watch: () => () => undefined }, limits);
  server.setErrorHandler((error: { status?: number }, _, reply) => void reply.code(error.status ?? 500).send());
  server.get('/', (request, reply) => {
    const key = Number(request.headers['x-tenant']);
    const access = { tenant: { id: `t${key}`, key }, client: 'c', scopes: [] };
    const pump = async (stream: Parameters<Parameters<typeof streams.start>[2]>[0]): Promise<void> => {
      stream.begin();
      await new Promise((done) => stream.signal.addEventListener('abort', done));
    };
    streams.start(reply, access, pump, (error) => {
      throw error;
    });
  });
  return { url: await server.listen({ port: 0, host: '127.0.0.1' }), server };
}

describe('the number of streams', () => {
  let server: FastifyInstance;
  const aborts: AbortController[] = [];
  afterEach(async () => {
    for (const abort of aborts.splice(0)) abort.abort();
    await server.close();
  });

  async function opener(limits: { all: number; ofATenant: number }): Promise<(tenant: number) => Promise<Response>> {
    const started = await serverWith(limits);
    server = started.server;
    return (tenant) => {
      const abort = new AbortController();
      aborts.push(abort);
      return fetch(started.url, { headers: { 'x-tenant': String(tenant) }, signal: abort.signal });
    };
  }

  it('of one tenant is bounded, and leaves places to others', async () => {
    const open = await opener({ all: 8, ofATenant: 6 });
    const answers = [];
    for (let n = 0; n < 7; n += 1) answers.push((await open(1)).status);
    expect(answers).toEqual([200, 200, 200, 200, 200, 200, 503]);
    expect((await open(2)).status).toBe(200);
  });

  it('is shared evenly when all places are taken, whoever came first', async () => {
    const open = await opener({ all: 8, ofATenant: 8 });
    const first: Response[] = [];
    for (let n = 0; n < 8; n += 1) first.push(await open(1));
    expect((await open(1)).status).toBe(503);
    const second = [];
    for (let n = 0; n < 5; n += 1) second.push((await open(2)).status);
    expect(second).toEqual([200, 200, 200, 200, 503]);
    // The oldest of the tenant that had all have ended, with a whole answer; the others go on.
    await Promise.all(first.slice(0, 4).map((answer) => answer.text()));
    expect((await open(3)).status).toBe(200);
    expect((await open(1)).status).toBe(503);
  });
});
