import { Webhook } from 'standardwebhooks';

/** A secret that signs; one that was replaced signs beside the newer ones until `until`, ms since 1970. */
export interface SigningSecret {
  readonly secret: string;
  readonly until: number | null;
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
