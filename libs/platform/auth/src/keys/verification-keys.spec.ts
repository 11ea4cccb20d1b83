import { beforeAll, describe, expect, it } from '@jest/globals';
import { base64url, exportJWK, generateKeyPair, type JWK } from 'jose';
import { matching, problemsOf, usableKeys } from './verification-keys.js';

const ALGORITHMS = ['ES384', 'RS384'];
let ec: { public: JWK; private: JWK };
let rsa: { public: JWK; private: JWK };

async function pair(alg: string): Promise<{ public: JWK; private: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { public: await exportJWK(publicKey), private: await exportJWK(privateKey) };
}
const rsaOf = (bytes: number): JWK => ({ kty: 'RSA', n: base64url.encode(new Uint8Array(bytes).fill(255)), e: 'AQAB' });

beforeAll(async () => {
  [ec, rsa] = await Promise.all([pair('ES384'), pair('RS384')]);
});

describe('a key set that is registered', () => {
  it('may hold keys for both algorithms, with or without kid, alg and use', async () => {
    const set = { keys: [ec.public, { ...rsa.public, kid: 'r', alg: 'RS384', use: 'sig', key_ops: ['verify'] }] };
    expect(await problemsOf(set, ALGORITHMS)).toEqual([]);
  });

  it.each<[string, () => unknown, string, string]>([
    ['no object', () => 'keys', '', 'jwks-invalid'],
    ['null', () => null, '', 'jwks-invalid'],
    ['no array', () => ({ keys: {} }), '', 'jwks-invalid'],
    ['a single JWK', () => ec.public, '', 'jwks-invalid'],
    ['no key', () => ({ keys: [] }), '/keys', 'jwks-empty'],
    ['21 keys', () => ({ keys: Array(21).fill(ec.public) }), '/keys', 'jwks-invalid'],
    ['a key that is no object', () => ({ keys: [ec.public, 'k'] }), '/keys/1', 'jwks-invalid'],
    ['a symmetric key', () => ({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }), '/keys/0/kty', 'key-symmetric'],
    ['a private EC key', () => ({ keys: [ec.private] }), '/keys/0/d', 'key-private'],
    ['a private RSA key', () => ({ keys: [ec.public, rsa.private] }), '/keys/1/d', 'key-private'],
    ['a prime alone', () => ({ keys: [{ ...rsa.public, p: 'AQAB' }] }), '/keys/0/p', 'key-private'],
    ['a key of another algorithm', () => ({ keys: [{ ...ec.public, alg: 'ES256' }] }), '/keys/0/alg', 'key-unusable'],
    ['HS256', () => ({ keys: [{ ...rsa.public, alg: 'HS256' }] }), '/keys/0/alg', 'key-unusable'],
    ['a key for encryption', () => ({ keys: [{ ...rsa.public, use: 'enc' }] }), '/keys/0/use', 'key-unusable'],
    ['a key that signs', () => ({ keys: [{ ...ec.public, key_ops: ['sign'] }] }), '/keys/0/key_ops', 'key-unusable'],
    ['a curve of another algorithm', () => ({ keys: [{ ...ec.public, crv: 'P-256' }] }), '/keys/0/kty', 'key-unusable'],
    ['an unknown curve', () => ({ keys: [{ ...ec.public, crv: 'constructor' }] }), '/keys/0/crv', 'key-unusable'],
    ['no point of the curve', () => ({ keys: [{ ...ec.public, y: ec.public.x }] }), '/keys/0', 'key-unusable'],
    ['a short RSA key', () => ({ keys: [rsaOf(128)] }), '/keys/0/n', 'key-unusable'],
    ['a huge RSA key', () => ({ keys: [rsaOf(1_025)] }), '/keys/0/n', 'key-unusable'],
    ['a huge exponent', () => ({ keys: [{ ...rsa.public, e: 'AQABAQAB' }] }), '/keys/0/n', 'key-unusable'],
    ['an unknown type', () => ({ keys: [{ kty: 'XXX' }] }), '/keys/0/kty', 'key-unusable'],
    [
      'one kid twice',
      () => ({
        keys: [
          { ...ec.public, kid: 'a' },
          { ...rsa.public, kid: 'a' },
        ],
      }),
      '/keys/1/kid',
      'kid-repeated',
    ],
    ['a kid that is no text', () => ({ keys: [{ ...ec.public, kid: 1 }] }), '/keys/0/kid', 'jwks-invalid'],
  ])('is refused with its place when it holds %s', async (_, set, pointer, code) => {
    const [problem] = await problemsOf(set(), ALGORITHMS);
    expect(problem).toMatchObject({ pointer, code });
  });
});

describe('a key set that is published', () => {
  it('gives its usable keys, whatever stands beside them', () => {
    const set = {
      keys: [null, { kty: 'oct', k: 'x' }, ec.private, { ...rsa.public, use: 'enc' }, { ...ec.public, kid: 'a' }],
    };
    expect(usableKeys(set, ALGORITHMS).map(({ kid }) => kid)).toEqual(['a']);
  });

  it('is searched by algorithm and id', () => {
    const keys = usableKeys({ keys: [{ ...ec.public, kid: 'e' }, { ...rsa.public, kid: 'r' }, ec.public] }, ALGORITHMS);
    const found = (alg: string, kid?: string): (string | undefined)[] =>
      matching(keys, { alg, kid }).map((key) => key.kid);
    expect(found('ES384', 'e')).toEqual(['e']);
    expect(found('RS384', 'e')).toEqual([]);
    expect(found('ES384', 'none')).toEqual([]);
    expect(found('ES384')).toEqual(['e', undefined]);
    expect(found('HS256', 'e')).toEqual([]);
  });
});
