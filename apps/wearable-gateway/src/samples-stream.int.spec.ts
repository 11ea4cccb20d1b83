import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFullError } from '#libs/platform/messaging';
import { until } from '#libs/testing';
import { freshSource, TestWearableGateway } from '../../../test/support/wearable-gateway.js';
import { NDJSON, type ProblemJson, sample } from './samples.fixture.js';

let gateway: TestWearableGateway;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
}, 60_000);

afterAll(() => gateway.close());

describe('NDJSON', () => {
  it('rejects a line of 100 MB without holding it, and takes its neighbours', async () => {
    const source = freshSource();
    const chunk = new TextEncoder().encode('x'.repeat(1024 * 1024));
    let sent = -1;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent === 0)
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n{"patient":"`));
        else if (sent <= 100) controller.enqueue(chunk);
        else {
          controller.enqueue(new TextEncoder().encode(`"}\n${JSON.stringify(sample({ source }))}`));
          controller.close();
        }
      },
    });
    global.gc?.();
    const before = process.memoryUsage().rss;
    const { status, body: answer } = await gateway.post(body, NDJSON);
    expect(status).toBe(202);
    expect(answer).toMatchObject({ accepted: 2, rejected: [{ index: 1, code: 'line-too-long' }] });
    expect(await gateway.logged(source)).toBe(2);
    expect((process.memoryUsage().rss - before) / 1024 ** 2).toBeLessThan(90);
  }, 60_000);

  it('makes lines durable while the stream is still open', async () => {
    const source = freshSource();
    let finish = (): void => undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n`));
        finish = () => controller.close();
      },
    });
    const answer = gateway.post(body, NDJSON);
    await until(async () => (await gateway.logged(source)) === 1);
    finish();
    expect((await answer).body.accepted).toBe(1);
  });

  it('takes 20,000 lines of 200 patients in order', async () => {
    const source = freshSource();
    const lines = Array.from({ length: 20_000 }, (_, k) =>
      JSON.stringify(sample({ source, patient: k % 2 === 0 ? 'p1' : 'p2', value: 60 + (k % 50) })),
    );
    const { body } = await gateway.post(lines.join('\r\n'), NDJSON);
    expect(body).toMatchObject({ accepted: 20_000, rejected: [] });
    const times = (await gateway.records())
      .filter((record) => record.source === source && record.patient === 'p1')
      .flatMap((record) => record.samples.map(({ t }) => t));
    expect(times).toHaveLength(10_000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }, 30_000);

  it('keeps what a client sent before it went away', async () => {
    const source = freshSource();
    const { port } = new URL(gateway.server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const line = `${JSON.stringify(sample({ source }))}\n`;
    socket.write(
      `POST /v1/samples HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.tokens.full}\r\ncontent-type: application/x-ndjson\r\ncontent-length: 100000\r\n\r\n${line}`,
    );
    await until(async () => (await gateway.logged(source)) === 1);
    socket.destroy();
    await sleep(50);
    expect((await gateway.json([sample()])).status).toBe(202);
  });

  it('ends a connection that its client half-closes in the middle of a body, and goes on', async () => {
    const { port } = new URL(gateway.server.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.end(
      `POST /v1/samples HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.tokens.full}\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n[`,
    );
    await ended;
    expect((await gateway.json([sample()])).body.accepted).toBe(1);
  });
});

describe('a full log', () => {
  it('is 429 with Retry-After, and nothing of the request was taken', async () => {
    const source = freshSource();
    const full = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new LogFullError(2));
    const answer = await gateway.json<ProblemJson>([sample({ source })]);
    full.mockRestore();
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([429, 'log-full', '2']);
    expect(await gateway.logged(source)).toBe(0);
  });

  it('holds an NDJSON stream up in the middle, and loses nothing', async () => {
    const source = freshSource();
    let more = (): void => undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n`));
        more = () => {
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(sample({ source }))}\n`));
          controller.close();
        };
      },
    });
    const answer = gateway.post(body, NDJSON);
    await until(async () => (await gateway.logged(source)) === 1);
    const full = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new LogFullError(0.1));
    more();
    expect(await answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(full.mock.calls.length).toBe(2);
    full.mockRestore();
  });
});
