import { Webhook } from 'standardwebhooks';
import type { SecretBox } from '#libs/platform/secrets';

/** A secret that signs; one that was replaced signs beside the newer ones until `until`, ms since 1970. */
export interface SigningSecret {
  readonly secret: string;
  readonly until: number | null;
}

/** Secrets of one place as they sign. @throws {SecretKeyError} */
export function opened(stored: readonly SigningSecret[], box: SecretBox, place: string): readonly SigningSecret[] {
  return stored.map(({ secret, until }) => ({ secret: box.open(secret, place), until }));
}

/** Secrets that may sign at once: the new one and those it replaces. */
export const MAX_SECRETS = 5;

/**
 * The secrets after a rotation, the newest first: the one replaced signs for `overlapMs` more, and those before it as long as they
 * were promised. With no overlap all end at once (a secret has leaked).
 *
 * @returns `undefined` when more than {@link MAX_SECRETS} would sign
 */
export function rotated(
  [current, ...retired]: readonly SigningSecret[],
  secret: string,
  { now, overlapMs }: { readonly now: number; readonly overlapMs: number },
): readonly SigningSecret[] | undefined {
  const fresh = { secret, until: null };
  if (overlapMs === 0 || current === undefined) return [fresh];
  const kept = retired.filter(({ until }) => until !== null && now < until);
  const secrets = [fresh, { ...current, until: now + overlapMs }, ...kept];
  return secrets.length > MAX_SECRETS ? undefined : secrets;
}

export interface SignedMessage {
  /** The webhook-id. */
  readonly message: string;
  readonly body: string;
  /** When it is sent, ms since 1970. */
  readonly now: number;
}

/** The headers of Standard Webhooks: a signature by each secret that is valid now, the newest first, separated by spaces. */
export function signatureHeaders(
  secrets: readonly SigningSecret[],
  { message, body, now }: SignedMessage,
): { readonly 'webhook-id': string; readonly 'webhook-timestamp': string; readonly 'webhook-signature': string } {
  const valid = secrets.filter(({ until }) => until === null || now < until);
  return {
    'webhook-id': message,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': valid.map(({ secret }) => new Webhook(secret).sign(message, new Date(now), body)).join(' '),
  };
}
