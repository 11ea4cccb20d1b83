import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#libs/platform/runtime';

const HEARTBEAT_MS = 15_000;
/** A reader whose socket takes nothing for this long is dropped; it can resume with `Last-Event-ID`. */
const SLOW_READER_MS = 15_000;
const MOST_STREAMS = 1_000;
const RETRY_MS = 1_000;

export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * One client of server-sent events. What is sent is pulled by the sender, one event after the socket took the one before, so a slow
 * reader holds no more than its socket's buffer here.
 */
export class EventStream {
  private readonly ended = new AbortController();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly reply: FastifyReply) {
    reply.hijack();
    reply.raw.on('close', () => this.end());
    reply.raw.on('error', () => this.end());
  }

  /** Answers the client: what happens from here on it will be told. Once, before the first event. */
  begin(): void {
    if (this.signal.aborted) return;
    const { raw } = this.reply;
    const headers = {
      ...this.reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    };
    raw.writeHead(200, headers as Record<string, string>);
    raw.write(`retry: ${RETRY_MS}\n\n`);
    this.heartbeat = setInterval(() => {
      if (!raw.writableNeedDrain) raw.write(': heartbeat\n\n');
    }, HEARTBEAT_MS);
  }

  /** Aborted when the client or this process goes away. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** False when the stream has ended. */
  async send({ id, event, data }: ServerEvent): Promise<boolean> {
    if (this.signal.aborted) return false;
    const { raw } = this.reply;
    if (raw.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`)) return true;
    try {
      await once(raw, 'drain', { signal: AbortSignal.any([this.signal, AbortSignal.timeout(SLOW_READER_MS)]) });
    } catch {
      raw.destroy();
      this.end();
    }
    return !this.signal.aborted;
  }

  end(): void {
    if (this.signal.aborted) return;
    clearInterval(this.heartbeat);
    this.ended.abort();
    const { raw } = this.reply;
    // Without an answer yet there is no stream to end: the client connects anew.
    if (!raw.headersSent) raw.destroy();
    else if (!raw.writableEnded) raw.end();
  }
}

/** Opens streams, bounded in number, and ends them when the process closes. */
export class EventStreams {
  private readonly open = new Set<EventStream>();

  constructor(closing: AbortSignal) {
    closing.addEventListener('abort', () => {
      for (const stream of this.open) stream.end();
    });
  }

  /** Answers with a stream that `pump` begins and fills until it ends; a failing pump ends it, and the client resumes. */
  start(reply: FastifyReply, pump: (stream: EventStream) => Promise<void>, onFailure: (error: unknown) => void): void {
    if (this.open.size >= MOST_STREAMS) {
      throw new Problem(503, 'too-many-streams', 'too many streams are open here', [], { 'retry-after': '5' });
    }
    const stream = new EventStream(reply);
    this.open.add(stream);
    stream.signal.addEventListener('abort', () => this.open.delete(stream));
    pump(stream)
      .catch(onFailure)
      .finally(() => stream.end());
  }
}

/** The whole number in `Last-Event-ID`; undefined when the client sent none. */
export function lastEventId(request: FastifyRequest): bigint | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,18}$/.test(header)) return BigInt(header);
  throw new Problem(400, 'last-event-id-invalid', 'Last-Event-ID must be the id of an event of this stream');
}
