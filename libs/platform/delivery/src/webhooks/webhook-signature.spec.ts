import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MAX_SECRETS, rotated, signatureHeaders, type SigningSecret } from './webhook-signature.js';

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

describe('rotation', () => {
  const times = { now: 1000, overlapMs: 500 };
  const current = { secret: 'a', until: null };

  it('lets the secret replaced sign for a while', () => {
    expect(rotated([current], 'b', times)).toEqual([
      { secret: 'b', until: null },
      { secret: 'a', until: 1500 },
    ]);
  });

  it('keeps what earlier ones were promised: an answer that was lost may be asked for again', () => {
    const secrets = [current, { secret: 'z', until: 1001 }, { secret: 'y', until: 1000 }];
    expect(rotated(secrets, 'b', times)).toEqual([
      { secret: 'b', until: null },
      { secret: 'a', until: 1500 },
      { secret: 'z', until: 1001 },
    ]);
  });

  it('without an overlap ends all others', () => {
    const secrets = [current, { secret: 'z', until: 9999 }];
    expect(rotated(secrets, 'b', { now: 1000, overlapMs: 0 })).toEqual([{ secret: 'b', until: null }]);
  });

  it('of a webhook without a secret begins with one', () => {
    expect(rotated([], 'b', times)).toEqual([{ secret: 'b', until: null }]);
  });

  it('refuses more secrets at once than a header should carry', () => {
    const retired = (count: number) => Array.from({ length: count }, () => ({ secret: 'z', until: 1001 }));
    expect(rotated([current, ...retired(MAX_SECRETS - 2)], 'b', times)).toHaveLength(MAX_SECRETS);
    expect(rotated([current, ...retired(MAX_SECRETS - 1)], 'b', times)).toBeUndefined();
  });
});
