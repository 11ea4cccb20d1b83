import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.js';
import type { BodyOptions } from './route-body.js';

export const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;
const DEEPEST_JSON = 64;

const DEFAULT_ACCEPTS: Readonly<Record<BodyOptions['as'], readonly string[]>> = {
  json: ['application/json', 'application/merge-patch+json'],
  form: ['application/x-www-form-urlencoded'],
  text: ['application/json', 'application/fhir+json'],
  stream: ['application/x-ndjson', 'application/json'],
};

/**
 * One reader for all bodies in place of Fastify's, because routes differ by what they want of the same media type: parsed JSON,
 * the exact text, or a stream. `admit` is asked before a byte is read, so that strangers cannot make us parse anything.
 */
export function readBodiesByRoute(server: FastifyInstance, admit: (request: FastifyRequest) => Promise<void>): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    if (request.is404) {
      // There is no such route: whatever its body is, that is the answer.
      payload.resume();
      return undefined;
    }
    await admit(request);
    const options = bodyOptions(request);
    requireMediaType(request, options);
    const maxBytes = options.maxBytes ?? (options.as === 'stream' ? Number.POSITIVE_INFINITY : DEFAULT_MAX_BODY_BYTES);
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > maxBytes) throw tooLarge(maxBytes);
    const bytes = inflated(request, payload, maxBytes);
    if (options.as === 'stream') return bytes;
    const text = await readText(bytes);
    if (options.as === 'text') return text;
    return options.as === 'form' ? parseForm(text) : parseJson(text);
  });
}

function bodyOptions(request: FastifyRequest): BodyOptions {
  const config = request.routeOptions.config as { readonly body?: BodyOptions };
  return config.body ?? { as: 'json' };
}

function requireMediaType(request: FastifyRequest, options: BodyOptions): void {
  const accepts = options.accepts ?? DEFAULT_ACCEPTS[options.as];
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (!accepts.includes(type.trim())) {
    throw new Problem(415, 'media-type-unsupported', `Content-Type must be one of ${accepts.join(', ')}`);
  }
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new Problem(415, 'charset-unsupported', 'the body must be UTF-8');
  }
}

/** The bytes after undoing `Content-Encoding: gzip`, ended with 413 when there are more than `maxBytes` (a gzip bomb, too). */
function inflated(request: FastifyRequest, payload: Readable, maxBytes: number): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Problem(415, 'content-encoding-unsupported', 'Content-Encoding must be gzip or identity');
  }
  let size = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  payload.on('error', () => bounded.destroy(new Problem(400, 'body-interrupted', 'the body ended early')));
  if (encoding === 'identity') return payload.pipe(bounded);
  const gunzip = createGunzip();
  gunzip.on('error', () => bounded.destroy(new Problem(400, 'gzip-invalid', 'the body is not valid gzip')));
  bounded.on('close', () => {
    payload.unpipe(gunzip);
    gunzip.destroy();
  });
  return payload.pipe(gunzip).pipe(bounded);
}

async function readText(bytes: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk as Buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Problem(400, 'utf8-invalid', 'the body is not valid UTF-8');
  }
}

function parseJson(text: string): unknown {
  if (text === '') throw new Problem(400, 'json-invalid', 'the body is empty; JSON is expected');
  if (isDeeperThan(text, DEEPEST_JSON))
    throw new Problem(400, 'json-too-deep', `JSON may be nested at most ${DEEPEST_JSON} deep`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Problem(400, 'json-invalid', 'the body is not valid JSON');
  }
}

/** Counts brackets outside strings; cheap, and before anything recursive sees the text. */
function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return false;
}

/** RFC 6749 §3.2: parameters must not be repeated. */
function parseForm(text: string): Record<string, string> {
  const fields = new URLSearchParams(text);
  const record: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of fields) {
    if (name in record) throw new Problem(400, 'field-repeated', 'a form field may be given once');
    record[name] = value;
  }
  return record;
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(413, 'body-too-large', `the body may have at most ${maxBytes} bytes`, [], { connection: 'close' });
}
