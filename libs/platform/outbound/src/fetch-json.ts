import { Client } from 'undici';
import { publicLookup, sharedLookup } from './public-lookup.js';

export interface FetchLimits {
  /** From the first byte sent to the last byte received, name resolution and TLS included. */
  readonly withinMs: number;
  readonly maxBytes: number;
  /** An operator allowed this host: it may be private. */
  readonly trusted: boolean;
}

/** Why there is no document, in words that hold nothing of the answer. */
export class FetchRefusedError extends Error {
  override readonly name = 'FetchRefusedError';
}

const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json *(?:;|$)/i;

/**
 * One JSON document by GET. Follows no redirect, asks for no compression, reads no more than it may, and leaves no connection open.
 *
 * @param url as `judgeEndpoint` let it through
 * @throws {FetchRefusedError}
 */
export async function fetchJson(url: URL, { withinMs, maxBytes, trusted }: FetchLimits): Promise<unknown> {
  const deadline = AbortSignal.timeout(withinMs);
  const client = new Client(url.origin, {
    connect: { timeout: withinMs, lookup: trusted ? sharedLookup : publicLookup },
    headersTimeout: withinMs,
    bodyTimeout: withinMs,
    pipelining: 1,
  });
  try {
    const answer = await client.request({
      method: 'GET',
      path: url.pathname + url.search,
      headers: { accept: 'application/json', 'user-agent': 'homeostat' },
      signal: deadline,
    });
    // A body that is not wanted ends with its connection, below.
    answer.body.on('error', () => undefined);
    if (answer.statusCode !== 200) throw new FetchRefusedError(`answered ${answer.statusCode}`);
    if (!JSON_TYPE.test(String(answer.headers['content-type'] ?? ''))) throw new FetchRefusedError('answered no JSON');
    return parsed(await bounded(answer.body, maxBytes));
  } catch (error) {
    throw error instanceof FetchRefusedError ? error : new FetchRefusedError(describe(error, deadline, withinMs));
  } finally {
    // Not waited for: what a slow server still has to say keeps nobody waiting.
    void client.destroy().catch(() => undefined);
  }
}

async function bounded(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new FetchRefusedError(`answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new FetchRefusedError('answered no JSON');
  }
}

function describe(error: unknown, deadline: AbortSignal, withinMs: number): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  if (deadline.aborted || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return `no answer within ${withinMs / 1000} s`;
  if (code === 'ENOTPUBLIC' && message !== undefined) return message;
  return `no answer (${code ?? 'unknown'})`;
}
