import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Tokens } from '#libs/platform/auth';
import { Problem } from '#libs/platform/http';

const HEARTBEAT_MS = 15_000;
/** A reader whose socket takes nothing for this long is dropped; it can resume with `Last-Event-ID`. */
const SLOW_READER_MS = 15_000;
const RETRY_MS = 1_000;

export interface ServerEvent {
  /** Absent: where a client resumes stays as it is. */
  readonly id?: string;
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

  /** Answers the client: it will be sent what happens from here on. Once, before the first event. */
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

  /** False when the stream has ended. Several events leave together. */
  async send(...events: readonly ServerEvent[]): Promise<boolean> {
    if (this.signal.aborted) return false;
    const { raw } = this.reply;
    if (raw.write(events.map(textOf).join(''))) return true;
    try {
      await once(raw, 'drain', { signal: AbortSignal.any([this.signal, AbortSignal.timeout(SLOW_READER_MS)]) });
    } catch {
      raw.destroy();
      this.end();
    }
    return !this.signal.aborted;
  }

  /** Sends an event that is of now only: not to a reader that has not taken yet what it was sent before. */
  sendNow(event: ServerEvent): void {
    const { raw } = this.reply;
    if (!this.signal.aborted && raw.headersSent && !raw.writableNeedDrain) raw.write(textOf(event));
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

function textOf({ id, event, data }: ServerEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** How many streams one process holds. */
export interface StreamLimits {
  readonly all: number;
  readonly ofATenant: number;
}

/**
 * Opens streams, bounded in number, and ends them when the process closes or the access that opened them ends. When all places are taken,
 * a tenant that has less than an equal share gets one from the tenant that has most: that stream ends, and its client resumes later.
 */
export class EventStreams {
  private readonly open = new Map<number, Set<EventStream>>();
  private count = 0;

  constructor(
    closing: AbortSignal,
    private readonly tokens: Pick<Tokens, 'watch'>,
    private readonly limits: StreamLimits,
  ) {
    closing.addEventListener('abort', () => {
      for (const streams of this.open.values()) for (const stream of streams) stream.end();
    });
  }

  /** Answers with a stream that `pump` begins and fills until it ends; a failing pump ends it, and the client resumes. */
  start(
    reply: FastifyReply,
    access: Access,
    pump: (stream: EventStream) => Promise<void>,
    onFailure: (error: unknown) => void,
  ): void {
    const tenant = access.tenant.key;
    this.makeRoom(tenant);
    const stream = new EventStream(reply);
    const ofTenant = this.open.get(tenant) ?? new Set();
    this.open.set(tenant, ofTenant.add(stream));
    this.count += 1;
    const stopWatching = this.tokens.watch(access, () => stream.end());
    stream.signal.addEventListener('abort', () => {
      stopWatching();
      this.count -= 1;
      ofTenant.delete(stream);
      if (ofTenant.size === 0) this.open.delete(tenant);
    });
    pump(stream)
      .catch(onFailure)
      .finally(() => stream.end());
  }

  /** @throws {Problem} 503 when the tenant has its share already */
  private makeRoom(tenant: number): void {
    const held = this.open.get(tenant)?.size ?? 0;
    if (held >= this.limits.ofATenant) throw tooMany('this tenant has as many streams open here as one may have');
    if (this.count < this.limits.all) return;
    const [largest] = [...this.open.values()].sort((a, b) => b.size - a.size);
    // With one more here and one less there this tenant must still not have more than that one.
    if (largest === undefined || held + 1 > largest.size - 1) throw tooMany('too many streams are open here');
    const [oldest] = largest;
    oldest?.end();
  }
}

function tooMany(detail: string): Problem {
  return new Problem(503, 'too-many-streams', detail, [], { 'retry-after': '5' });
}

/** What the client says it saw last; undefined when it is new. */
export function lastEventId(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  return Array.isArray(header) ? header.join() : header;
}

/**
 * The refusal of a `Last-Event-ID` that this stream did not give, or no longer knows: from there nothing can be sent without a gap, and
 * to say nothing would look like silence.
 */
export function cursorUnknown(startAnew: string): Problem {
  const detail = `Last-Event-ID is not the id of an event of this stream, or too old: ${startAnew}`;
  return new Problem(410, 'cursor-unknown', detail, [
    { pointer: '', code: 'cursor-unknown', detail: 'must be the id of an event of this stream, or absent' },
  ]);
}
