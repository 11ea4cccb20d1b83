import { describe, expect, it } from '@jest/globals';
import { judgeEndpoint } from './endpoint-rules.js';

function judged(url: string, allowedHosts: readonly string[] = []): string {
  const verdict = judgeEndpoint(url, { allowedHosts });
  return verdict.kind === 'ok' ? `ok${verdict.trusted ? ' trusted' : ''}` : verdict.code;
}

describe('endpoint rules', () => {
  it.each([
    ['https://hooks.example.org/a', 'ok'],
    ['https://hooks.example.org./a', 'ok'],
    ['https://hooks.example.org:8443/a?b=c', 'ok'],
    ['https://93.184.216.34/', 'ok'],
    ['https://[2606:4700::1111]/', 'ok'],
    ['https://localhosting.example.org/', 'ok'],
    ['https://localhost.example.org/', 'ok'],
    ['http://hooks.example.org/', 'url-not-https'],
    ['ftp://hooks.example.org/', 'url-invalid'],
    ['not a url', 'url-invalid'],
    ['/relative', 'url-invalid'],
    ['', 'url-invalid'],
    ['https://user:pass@hooks.example.org/', 'url-with-credentials'],
    ['https://user@hooks.example.org/', 'url-with-credentials'],
    ['https://:pass@hooks.example.org/', 'url-with-credentials'],
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.',
      'localhost..',
      'a.localhost',
      'a.localhost.',
      'localhost.localdomain',
      'a.localhost.localdomain.',
      'localhost6',
      'ip6-localhost',
      'ip6-loopback',
      '127.0.0.1',
      '127.0.0.1.',
      '127.1',
      '2130706433',
      '017700000001',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.01',
      '0',
      '10.1.2.3',
      '１０.1.2.3',
      '10.1.2.3%2E',
      '169.254.169.254',
      '0xa9fea9fe',
      '[::]',
      '[::1]',
      '[0:0:0:0:0:0:0:1]',
      '[::10.0.0.1]',
      '[::ffff:10.0.0.1]',
      '[::ffff:a00:1]',
      '[::ffff:8.8.8.8]',
      '[::ffff:0:10.0.0.1]',
      '[64:ff9b::10.0.0.1]',
      '[64:ff9b:1::1]',
      '[2002:a00:1::]',
      '[2001:0:4136:e378::1]',
      '[fd00::1]',
      '[fec0::1]',
      '[fe80::1]',
      '[3fff::1]',
      '[5f00::1]',
    ].map((host) => [`https://${host}/`, 'url-private-address'] as const),
  ])('%s → %s', (url, expected) => expect(judged(url)).toBe(expected));

  it.each([
    ['http://127.0.0.1:9000/x', 'ok trusted'],
    ['https://127.0.0.1:9000/x', 'ok trusted'],
    ['http://127.0.0.1:9001/x', 'url-not-https'],
    ['https://127.0.0.1:9001/x', 'url-private-address'],
    ['http://inside.example/', 'ok trusted'],
    ['http://inside.example:81/', 'ok trusted'],
    ['http://INSIDE.example./', 'ok trusted'],
    ['http://deep.inside.example/', 'url-not-https'],
    ['http://[::1]/', 'ok trusted'],
    ['http://[::2]:9000/', 'ok trusted'],
    ['http://plain.example/', 'ok trusted'],
    ['https://plain.example/', 'ok'],
    ['https://tls.example/', 'ok trusted'],
    ['http://tls.example/', 'url-not-https'],
    ['ftp://inside.example/', 'url-invalid'],
    ['http://a:b@inside.example/', 'url-with-credentials'],
  ])('allowed by an operator: %s → %s', (url, expected) => {
    const allowed = [
      '127.0.0.1:9000',
      ' Inside.Example ',
      '',
      '::1',
      '[::2]:9000',
      'plain.example:80',
      'tls.example:443',
    ];
    expect(judged(url, allowed)).toBe(expected);
  });

  it('says what would be right', () => {
    const words = [
      'not a url',
      'ftp://a.example/',
      'https://u@a.example/',
      'http://a.example/',
      'https://10.0.0.1/',
    ].map((url) => judgeEndpoint(url, { allowedHosts: [] }));
    expect(words.map((verdict) => (verdict.kind === 'refused' ? verdict.message : ''))).toEqual([
      'url must be an absolute https URL',
      'url must start with https://',
      'url must not carry a user name or password',
      'url must be https; an operator can allow a host with WEBHOOK_ALLOWED_HOSTS',
      'url must lead to a public address; an operator can allow a host with WEBHOOK_ALLOWED_HOSTS',
    ]);
  });

  it('names the setting with which an operator allows what is not a webhook', () => {
    for (const url of ['http://a.example/', 'https://10.0.0.1/']) {
      const verdict = judgeEndpoint(url, { allowedHosts: [], setting: 'OTHER_ALLOWED_HOSTS' });
      expect(verdict).toMatchObject({ message: expect.stringMatching(/with OTHER_ALLOWED_HOSTS$/) });
    }
  });

  it('keeps the URL as it is to be called', () => {
    expect(judgeEndpoint('https://hooks.example.org:8443/a?b=c', { allowedHosts: [] })).toEqual({
      kind: 'ok',
      url: new URL('https://hooks.example.org:8443/a?b=c'),
      trusted: false,
    });
  });
});
