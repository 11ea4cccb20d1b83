import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sha256Words, sha256WordsAround } from './hash.js';
import { contentHash, identityOf, uuidOf } from './identity.js';

const reading = { source: 'ward-7', device: 'dev-1', code: 1, t: 1_700_000_000_000 };

describe('sha256Words', () => {
  it.each([
    '',
    'a',
    'x'.repeat(55),
    'x'.repeat(56),
    'x'.repeat(64),
    'y'.repeat(1000),
    'Grüße 体温 🫀',
    `${'é'.repeat(300)}`,
  ])('agrees with node:crypto on text %#', (text) => {
    const expected = createHash('sha256').update(text, 'utf8').digest();
    expect(sha256Words(text).map((word) => word >>> 0)).toEqual([0, 4, 8, 12].map((at) => expected.readUInt32BE(at)));
  });
});

describe('sha256WordsAround', () => {
  it.each([0, 1, 9, 10, 9_999_999, 10_000_000, 12_345_678, 1_700_000_000_000, -1, -62_135_596_800_000, 2 ** 53 - 1])(
    'is the hash of the text with %d in it',
    (n) => expect(sha256WordsAround('d1|', n, '|é|dev')).toEqual(sha256Words(`d1|${n}|é|dev`)),
  );
});

describe('identityOf', () => {
  it('is a UUID of version 8 and the same each time', () => {
    const identity = identityOf(reading);
    expect(identity).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(identityOf({ ...reading })).toBe(identity);
  });

  it('never changes between releases', () => {
    expect(identityOf(reading)).toBe('5c2a2328-973e-8033-b0d7-691ea14d5495');
    expect(identityOf({ ...reading, id: 'obs-1' })).toBe('be5ab737-e8fb-8760-9631-738e9b8126ac');
    expect(
      identityOf({ source: 's', device: 'é', code: 17, t: -62_135_596_800_000, unit: 'm[H2O]', channel: 'II' }),
    ).toBe('3e5f8a07-ee9d-8ede-aa00-83a9359d30ee');
    expect(uuidOf('x'.repeat(5000))).toBe('c59d3c04-80cc-8d71-98f6-46e735e92da6');
    expect(uuidOf('\ud800')).toBe('91a681b9-9855-8fb4-b547-9817b126c94e');
    expect(uuidOf('a\udc00b')).toBe('b9c1f778-6643-88e8-82be-ee5a7f562586');
    expect(contentHash({ code: 1, t: reading.t, x: 72 })).toBe('-7223314165571852335');
  });

  it('names the device before the way it came by', () => {
    expect(identityOf({ ...reading, source: 'other-gateway' })).toBe(identityOf(reading));
    expect(identityOf({ ...reading, device: '', source: 'other' })).not.toBe(identityOf({ ...reading, device: '' }));
  });

  it.each([
    { code: 2 },
    { t: reading.t + 1 },
    { channel: 'II' },
    { unit: '{beat}/min' },
    { device: 'dev-2' },
    { id: 'x' },
  ])('differs by %j', (change) => {
    expect(identityOf({ ...reading, ...change })).not.toBe(identityOf(reading));
  });

  it('by source identifier stays the same when time and measure are corrected', () => {
    const sourced = { ...reading, id: 'obs-1' };
    expect(identityOf({ ...sourced, t: 5, code: 9, device: '' })).toBe(identityOf(sourced));
    expect(identityOf({ ...sourced, source: 'ward-8' })).not.toBe(identityOf(sourced));
  });

  it('cannot be made to collide by moving text between fields', () => {
    expect(identityOf({ ...reading, source: 'ab', id: 'c' })).not.toBe(
      identityOf({ ...reading, source: 'a', id: 'bc' }),
    );
    expect(uuidOf('\ud800')).not.toBe(uuidOf('\ud801'));
  });
});

describe('contentHash', () => {
  const content = { code: 12, t: 1, series: [0.1, 0.2], periodMs: 4, channel: 'II' };

  it('is a signed 64-bit decimal', () => {
    for (let i = 0; i < 200; i++) {
      const hash = contentHash({ code: 1, t: i, x: i / 7 });
      expect(hash).toMatch(/^-?\d+$/);
      expect(BigInt.asIntN(64, BigInt(hash))).toBe(BigInt(hash));
    }
  });

  it.each([
    { series: [0.2, 0.1] },
    { series: [0.1] },
    { periodMs: 8 },
    { channel: 'V5' },
    { quality: 1 as const },
    { retracted: true },
    { t: 2 },
  ])('differs by %j', (change) => {
    expect(contentHash({ ...content, ...change })).not.toBe(contentHash(content));
  });

  it('does not distinguish -0 from 0, nor good from an absent quality', () => {
    expect(contentHash({ code: 1, t: 1, x: -0, quality: 0 })).toBe(contentHash({ code: 1, t: 1, x: 0 }));
  });

  it('has no collision among 50,000 neighbouring contents', () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 50_000; i++)
      hashes.add(contentHash({ code: 1 + (i % 14), t: 1_700_000_000_000 + i, x: i % 180 }));
    expect(hashes.size).toBe(50_000);
  });
});
