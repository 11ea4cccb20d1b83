import { describe, expect, it } from '@jest/globals';
import { classifyStatus, GIVE_UP_AFTER_MS, retryAfterSeconds, retryDelayMs } from './retry-schedule.js';
import { isPublicAddress, judgeEndpoint } from './endpoint-rules.js';
import { matchesFilter } from './filter.js';

describe('endpoint rules', () => {
  it.each([
    ['https://hooks.example.org/a', 'ok'],
    ['https://hooks.example.org:8443/a?b=c', 'ok'],
    ['https://93.184.216.34/', 'ok'],
    ['http://hooks.example.org/', 'url-not-https'],
    ['ftp://hooks.example.org/', 'url-invalid'],
    ['not a url', 'url-invalid'],
    ['/relative', 'url-invalid'],
    ['https://user:pass@hooks.example.org/', 'url-with-credentials'],
    ['https://localhost/', 'url-private-address'],
    ['https://a.localhost/', 'url-private-address'],
    ['https://127.0.0.1/', 'url-private-address'],
    ['https://2130706433/', 'url-private-address'],
    ['https://0x7f.1/', 'url-private-address'],
    ['https://10.1.2.3/', 'url-private-address'],
    ['https://169.254.169.254/latest/meta-data', 'url-private-address'],
    ['https://[::1]/', 'url-private-address'],
    ['https://[::ffff:10.0.0.1]/', 'url-private-address'],
    ['https://[fd00::1]/', 'url-private-address'],
  ])('%s → %s', (url, expected) => {
    const verdict = judgeEndpoint(url, { allowedHosts: [] });
    expect(verdict.kind === 'ok' ? 'ok' : verdict.code).toBe(expected);
  });

  it('an operator may allow a host, or one port of it', () => {
    const rules = { allowedHosts: ['127.0.0.1:9000', 'inside.example'] };
    expect(judgeEndpoint('http://127.0.0.1:9000/x', rules).kind).toBe('ok');
    expect(judgeEndpoint('http://127.0.0.1:9001/x', rules).kind).toBe('refused');
    expect(judgeEndpoint('http://inside.example/', rules).kind).toBe('ok');
  });

  it('an address that is no address is not public', () => {
    expect(isPublicAddress('hooks.example.org')).toBe(false);
    expect(isPublicAddress('8.8.8.8')).toBe(true);
    expect(isPublicAddress('2606:4700::1111')).toBe(true);
  });
});

describe('retry schedule', () => {
  it('starts at a second, never passes four hours, and has at most 60 attempts in three days', () => {
    let age = 0;
    let attempts = 0;
    while (age < GIVE_UP_AFTER_MS) {
      const wait = retryDelayMs(age, 0.5);
      expect(wait).toBeGreaterThanOrEqual(1000);
      expect(wait).toBeLessThanOrEqual(4 * 3600 * 1000);
      age += wait;
      attempts += 1;
    }
    expect(attempts).toBeGreaterThan(30);
    expect(attempts).toBeLessThan(60);
  });

  it('keeps a longer Retry-After and spreads by 20 %', () => {
    expect(retryDelayMs(0, 0.5, 30)).toBe(30_000);
    expect(retryDelayMs(0, 0)).toBe(800);
    expect(retryDelayMs(0, 0.999_999)).toBe(1200);
  });

  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'retry'],
    [404, 'retry'],
    [410, 'gone'],
    [429, 'retry'],
    [500, 'retry'],
  ] as const)('status %d means %s', (status, outcome) => expect(classifyStatus(status)).toBe(outcome));

  it('reads only whole seconds from Retry-After', () => {
    expect(retryAfterSeconds('120')).toBe(120);
    expect(retryAfterSeconds('Wed, 21 Oct 2026 07:28:00 GMT')).toBe(0);
    expect(retryAfterSeconds(undefined)).toBe(0);
  });
});

describe('filter', () => {
  const alert = {
    severity: 'high',
    patient: 'p1',
    rule: { id: 'glucose-low', version: '1.0.0', title: '' },
    category: 'physiological',
    suppressed: [{ rule: 'glucose-low-soon', reason: 'same-cause' }],
  } as const;
  it.each([
    [{}, true],
    [{ severity: ['high'] }, true],
    [{ severity: ['low'] }, false],
    [{ rules: ['glucose-low'], patients: ['Patient/p1'] }, true],
    [{ patients: ['p2'] }, false],
    [{ rules: ['glucose-high'] }, false],
    // Folded into this alert: whoever asked for it has to hear.
    [{ rules: ['glucose-low-soon'] }, true],
    [{ rules: [] }, false],
    [{ category: 'physiological' as const }, true],
    [{ category: 'technical' as const }, false],
  ])('%j → %s', (filter, expected) => expect(matchesFilter(alert, filter)).toBe(expected));
});
