import { Pool } from 'undici';
import {
  ATTEMPT_TIMEOUT_MS,
  classifyStatus,
  retryAfterMs,
  signatureHeaders,
  type AttemptOutcome,
  type SignedMessage,
  type SigningSecret,
} from '#libs/platform/delivery';
import { judgeEndpoint, publicLookup, sharedLookup, type EndpointRules } from '#libs/platform/outbound';

/** One endpoint's connections. Follows no redirect and connects to no address that the rules refuse. */
export interface Sender {
  readonly target: string;
  /** Never rejects. */
  send(message: SignedMessage, secrets: readonly SigningSecret[]): Promise<SendResult>;
  /** Lets what is on the way end. */
  close(): Promise<void>;
}

export interface SendResult {
  readonly outcome: AttemptOutcome;
  readonly httpStatus: number | null;
  /** In words, without anything of the message or the answer's body. */
  readonly error: string | null;
  /** What the answer asked to wait, ms. */
  readonly retryAfterMs: number;
}

/** An answer's body says nothing we use; read a little so that the connection can be kept. */
const ANSWER_LIMIT = 64 * 1024;
const BODY_WITHIN_MS = 1000;

export function createSender(target: string, rules: EndpointRules, connections: number): Sender {
  const verdict = judgeEndpoint(target, rules);
  if (verdict.kind === 'refused') return refusingSender(target, verdict.message);
  const { url, trusted } = verdict;
  const pool = new Pool(url.origin, {
    connections,
    headersTimeout: ATTEMPT_TIMEOUT_MS,
    bodyTimeout: ATTEMPT_TIMEOUT_MS,
    connect: { timeout: ATTEMPT_TIMEOUT_MS, lookup: trusted ? sharedLookup : publicLookup },
  });
  const path = url.pathname + url.search;

  async function send(message: SignedMessage, secrets: readonly SigningSecret[]): Promise<SendResult> {
    try {
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'homeostat',
          ...signatureHeaders(secrets, message),
        },
        body: message.body,
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      // The status is the answer: a body that breaks off or never ends changes nothing of it.
      await answer.body
        .dump({ limit: ANSWER_LIMIT, signal: AbortSignal.timeout(BODY_WITHIN_MS) })
        .catch(() => undefined);
      const outcome = classifyStatus(answer.statusCode);
      const header = answer.headers['retry-after'];
      return {
        outcome,
        httpStatus: answer.statusCode,
        error: outcome === 'delivered' ? null : `answered ${answer.statusCode}`,
        retryAfterMs: retryAfterMs(typeof header === 'string' ? header : header?.[0], Date.now()),
      };
    } catch (error) {
      return { outcome: 'failed', httpStatus: null, error: describe(error), retryAfterMs: 0 };
    }
  }
  return { target, send, close: () => pool.close() };
}

/** The rules may have changed since the webhook was made: then its messages wait, and say why. */
function refusingSender(target: string, reason: string): Sender {
  return {
    target,
    send: () => Promise.resolve({ outcome: 'failed', httpStatus: null, error: reason, retryAfterMs: 0 }),
    close: () => Promise.resolve(),
  };
}

function describe(error: unknown): string {
  const { name, code, message } = error as Partial<NodeJS.ErrnoException>;
  if (name === 'TimeoutError') return `no answer within ${ATTEMPT_TIMEOUT_MS / 1000} s`;
  if (code === 'ENOTPUBLIC' && message !== undefined) return message;
  return code ?? name ?? 'no answer';
}
