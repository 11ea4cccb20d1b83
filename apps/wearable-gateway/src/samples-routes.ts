import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { SAMPLE_LIMITS, type SamplesAnswer } from '#libs/contracts';
import { LogFullError } from '#libs/platform/messaging';
import { allows, ANY_SOURCE, Caller, RequireScope, type Access, type AuthorizedRequest } from '#libs/platform/auth';
import { BodyAs, Problem } from '#libs/platform/http';
import { type Entry, isCleanText, LineReader, parseReference, readJson } from '#libs/samples';
import { MAX_AT_ONCE, PATIENCE_MS, Pipeline } from './pipeline.js';
import type { Origin } from './origin.js';
import { Tally } from './rejections/tally.js';

export const NDJSON = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** Maximum bytes of an NDJSON body after inflating: ends gzip bombs that are made of short lines. */
const MAX_STREAM_BYTES = 4 * 1024 ** 3;

/** `POST /v1/samples`. */
@Controller('v1/samples')
export class SamplesRoutes {
  constructor(private readonly pipeline: Pipeline) {}

  @Post()
  @HttpCode(202)
  @RequireScope('samples.write')
  @BodyAs({ as: 'stream', accepts: ['application/json', ...NDJSON], maxBytes: MAX_STREAM_BYTES })
  async post(
    @Body() body: Readable | undefined,
    @Req() request: AuthorizedRequest,
    @Caller() access: Access,
    @Query('patient') patient: unknown,
  ): Promise<SamplesAnswer> {
    const origin = originOf(access, patient);
    if (body === undefined || body === null) throw unreadable('the body is empty');
    const type = (request.headers['content-type'] ?? '').toLowerCase();
    return NDJSON.some((ndjson) => type.startsWith(ndjson))
      ? this.takeLines(body, origin)
      : this.takeWhole(body, origin);
  }

  private async takeWhole(body: Readable, origin: Origin): Promise<SamplesAnswer> {
    const bytes = await readBounded(body);
    if (!isUtf8(bytes)) throw unreadable('the body is not valid UTF-8');
    const read = readJson(bytes.toString('utf8'));
    if (!read.ok) throw unreadable(read.message);
    const tally = new Tally();
    await this.pipeline.takeAll(read.entries, origin, tally).catch(saying(tally));
    return tally.answer();
  }

  /** Lines are processed as they come; while the log is full nothing more is read from the sender. */
  private async takeLines(body: Readable, origin: Origin): Promise<SamplesAnswer> {
    const tally = new Tally();
    const lines = new LineReader();
    let readable = false;
    let count = 0;
    let waiting: Entry[] = [];
    const flush = async (): Promise<void> => {
      const entries = waiting;
      waiting = [];
      count += entries.length;
      readable ||= entries.some((entry) => entry.kind === 'entry');
      // The first batch is refused at once; later ones belong to a stream that is worth holding up.
      const patienceMs = count === entries.length ? 0 : PATIENCE_MS;
      await this.pipeline.take(entries, { ...origin, patienceMs }, tally).catch(saying(tally));
    };
    for await (const chunk of body) {
      waiting.push(...lines.push(chunk as Buffer));
      if (waiting.length > 0 && (waiting.length >= MAX_AT_ONCE || body.readableLength === 0)) await flush();
    }
    waiting.push(...lines.end());
    if (waiting.length > 0) await flush();
    const answer = tally.answer();
    if (count === 0) throw unreadable('the body is empty');
    if (!readable)
      throw new Problem(400, 'malformed-json', 'no line could be read', answer.rejected.slice(0, 100).map(toDetail));
    return answer;
  }
}

function toDetail({ index, code, message }: SamplesAnswer['rejected'][number]): {
  pointer: string;
  code: string;
  detail: string;
} {
  return { pointer: `/${index}`, code, detail: message };
}

function originOf(access: Access, patient: unknown): Origin {
  const origin = {
    tenant: access.tenant.key,
    client: access.client,
    anySource: allows(access.scopes, ANY_SOURCE),
    door: 'http' as const,
    request: randomUUID(),
  };
  if (patient === undefined) return origin;
  if (typeof patient !== 'string' || !isCleanText(patient) || parseReference(patient, 'Patient') === undefined) {
    throw new Problem(
      400,
      'reference-invalid',
      'the parameter patient must be one FHIR id, Patient/{id} or system|value',
    );
  }
  return { ...origin, patient };
}

async function readBounded(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > SAMPLE_LIMITS.bodyBytes) {
      const detail = `a JSON body may have at most ${SAMPLE_LIMITS.bodyBytes} bytes; send NDJSON, whose length is not bounded (it has two minutes to arrive)`;
      throw new Problem(413, 'body-too-large', detail, [], { connection: 'close' });
    }
    chunks.push(chunk as Buffer);
  }
  if (size === 0) throw unreadable('the body is empty');
  return Buffer.concat(chunks);
}

function unreadable(detail: string): Problem {
  return new Problem(400, 'malformed-json', detail);
}

/** A log that gets full half way: the answer says how much is durable. */
function saying(tally: Tally): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof LogFullError) || tally.accepted === 0) throw error;
    const detail = `the log is full; ${tally.accepted} samples of this request are durable, sending them again changes nothing`;
    throw new Problem(429, 'log-full', detail, [], {
      'retry-after': String(Math.max(1, Math.ceil(error.retryAfterSeconds))),
    });
  };
}
