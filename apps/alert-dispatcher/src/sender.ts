import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Pool } from 'undici';
import {
  ATTEMPT_TIMEOUT_MS,
  classifyStatus,
  isPublicAddress,
  judgeEndpoint,
  retryAfterSeconds,
  type AttemptOutcome,
  type EndpointRules,
} from '#libs/platform/webhooks';

/** One endpoint's connections. Follows no redirect and connects to no address that the rules refuse. */
export interface Sender {
  send(message: string, body: string, now: number): Promise<SendResult>;
  close(): Promise<void>;
}

export interface SendResult {
  readonly outcome: AttemptOutcome;
  readonly httpStatus: number | null;
  /** In words, without anything of the message or the answer's body. */
  readonly error: string | null;
  readonly retryAfterSeconds: number;
}

/** An answer's body says nothing we use; read a little so that the connection can be kept. */
const ANSWER_LIMIT = 64 * 1024;

export function createSender(target: string, secret: string, rules: EndpointRules, connections: number): Sender {
  const verdict = judgeEndpoint(target, rules);
  if (verdict.kind === 'refused') return refusingSender(verdict.message);
  const { url, trusted } = verdict;
  const signer = new Webhook(secret);
  const pool = new Pool(url.origin, {
    connections,
    headersTimeout: ATTEMPT_TIMEOUT_MS,
    bodyTimeout: ATTEMPT_TIMEOUT_MS,
    connect: { timeout: ATTEMPT_TIMEOUT_MS, ...(trusted ? {} : { lookup: publicLookup }) },
  });
  const path = url.pathname + url.search;

  async function send(message: string, body: string, now: number): Promise<SendResult> {
    const at = new Date(now);
    try {
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'homeostat',
          'webhook-id': message,
          'webhook-timestamp': String(Math.floor(now / 1000)),
          'webhook-signature': signer.sign(message, at, body),
        },
        body,
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      await answer.body.dump({ limit: ANSWER_LIMIT });
      const outcome = classifyStatus(answer.statusCode);
      const header = answer.headers['retry-after'];
      return {
        outcome,
        httpStatus: answer.statusCode,
        error: outcome === 'delivered' ? null : `answered ${answer.statusCode}`,
        retryAfterSeconds: retryAfterSeconds(typeof header === 'string' ? header : undefined),
      };
    } catch (error) {
      return { outcome: 'retry', httpStatus: null, error: describe(error), retryAfterSeconds: 0 };
    }
  }
  return { send, close: () => pool.destroy() };
}

/** The rules may have changed since the webhook was made: then its messages wait, and say why. */
function refusingSender(reason: string): Sender {
  return {
    send: () => Promise.resolve({ outcome: 'retry', httpStatus: null, error: reason, retryAfterSeconds: 0 }),
    close: () => Promise.resolve(),
  };
}

/** Resolves a name for the connection being made, so that the address judged is the one connected to (no DNS rebinding). */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const open = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (first === undefined || open.length < addresses.length) {
      const refusal: NodeJS.ErrnoException = new Error('the name leads to an address that is not public');
      refusal.code = 'ENOTPUBLIC';
      return callback(refusal, '', 0);
    }
    if (options.all === true) return callback(null, open);
    return callback(null, first.address, first.family);
  });
};

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${ATTEMPT_TIMEOUT_MS / 1000} s`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOTPUBLIC') return error.message;
  return code ?? error.name;
}
