import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signatureHeaders, type SigningSecret } from './webhook-signature.js';

const secretOf = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`;
const message = { message: 'msg_1', body: '{"type":"alert.raised"}', now: 1_700_000_000_999 };

/** Standard Webhooks: v1, the HMAC-SHA256 of `id.timestamp.body`, base64. */
function expected(text: string): string {
  return `v1,${createHmac('sha256', text).update(`msg_1.1700000000.${message.body}`).digest('base64')}`;
}

describe('signature', () => {
  it('is that of Standard Webhooks', () => {
    expect(signatureHeaders([{ secret: secretOf('new'), until: null }], message)).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1700000000',
      'webhook-signature': expected('new'),
    });
  });

  it.each([
    [message.now + 1, 2],
    [message.now, 1],
    [message.now - 1, 1],
  ])('a secret replaced signs until %d: %d signatures', (until, count) => {
    const secrets: SigningSecret[] = [
      { secret: secretOf('new'), until: null },
      { secret: secretOf('old'), until },
    ];
    const header = signatureHeaders(secrets, message)['webhook-signature'];
    expect(header.split(' ')).toEqual([expected('new'), expected('old')].slice(0, count));
  });
});
