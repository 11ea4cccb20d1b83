import { importJWK, type CryptoKey, type JWK } from 'jose';

/** What is wrong with a key of a set; `pointer` (RFC 6901) is its place in the set. */
export interface KeyProblem {
  readonly pointer: string;
  readonly code: 'jwks-invalid' | 'jwks-empty' | 'key-private' | 'key-symmetric' | 'key-unusable' | 'kid-repeated';
  readonly detail: string;
}

/** What a signed JWT says of the key that checks it. */
export interface KeyHint {
  readonly alg: string;
  readonly kid?: string | undefined;
}

/** A public key that may check signatures by one of `algorithms`. */
export interface PublicKey {
  readonly kid: string | undefined;
  readonly algorithms: readonly string[];
  readonly jwk: JWK;
}

const MAX_KEYS_REGISTERED = 20;
/** Candidates for one signature that names no key. */
const MAX_TRIED = 5;
const MAX_KID = 256;
/** NIST SP 800-131A asks for 2048 bits; a key of more than 8192 costs more to check than a login should. */
const RSA_BITS = { min: 2_048, max: 8_192 };
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const EC_ALGORITHMS: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Checks a set that a client registers: every key public, asymmetric, strong enough, and of one of the algorithms. */
export async function problemsOf(jwks: unknown, algorithms: readonly string[]): Promise<readonly KeyProblem[]> {
  const keys = (jwks as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return [problem('', 'jwks-invalid', 'must be a JWK Set: an object with an array `keys`')];
  if (keys.length === 0) return [problem('/keys', 'jwks-empty', 'must hold at least one key')];
  if (keys.length > MAX_KEYS_REGISTERED)
    return [problem('/keys', 'jwks-invalid', `must hold at most ${MAX_KEYS_REGISTERED} keys`)];
  const seen = new Set<string>();
  const problems: KeyProblem[] = [];
  for (const [index, key] of keys.entries()) {
    const read = readKey(key, algorithms);
    const place = `/keys/${index}`;
    if ('code' in read) {
      problems.push({ ...read, pointer: place + read.pointer });
      continue;
    }
    if (read.kid !== undefined && seen.has(read.kid))
      problems.push(problem(`${place}/kid`, 'kid-repeated', 'two keys have the same kid'));
    if (read.kid !== undefined) seen.add(read.kid);
    const imported = await Promise.all(read.algorithms.map((alg) => importPublic(read, alg)));
    if (imported.every((one) => one === undefined))
      problems.push(problem(place, 'key-unusable', 'is not a valid public key'));
  }
  return problems;
}

/** The usable keys of a set that somebody publishes: others may stand beside them, for other purposes. */
export function usableKeys(jwks: unknown, algorithms: readonly string[]): readonly PublicKey[] {
  const keys = (jwks as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return [];
  return keys.flatMap((key: unknown) => {
    const read = readKey(key, algorithms);
    return 'code' in read ? [] : [read];
  });
}

/** Keys that may have made a signature: the one of that id, or, where the signature names none, those of its algorithm. */
export function matching(keys: readonly PublicKey[], { alg, kid }: KeyHint): readonly PublicKey[] {
  const ofAlgorithm = keys.filter((key) => key.algorithms.includes(alg));
  return (kid === undefined ? ofAlgorithm : ofAlgorithm.filter((key) => key.kid === kid)).slice(0, MAX_TRIED);
}

/** undefined where the numbers are no key (a point that is not on the curve). */
export async function importPublic({ jwk }: PublicKey, alg: string): Promise<CryptoKey | undefined> {
  try {
    return (await importJWK(jwk, alg)) as CryptoKey;
  } catch {
    return undefined;
  }
}

function readKey(key: unknown, algorithms: readonly string[]): PublicKey | KeyProblem {
  if (typeof key !== 'object' || key === null || Array.isArray(key))
    return problem('', 'jwks-invalid', 'must be a JWK, an object');
  const jwk = key as Readonly<Record<string, unknown>>;
  if (jwk['kty'] === 'oct') return problem('/kty', 'key-symmetric', 'must be a public key, not a symmetric one');
  const secret = PRIVATE_MEMBERS.find((member) => jwk[member] !== undefined);
  if (secret !== undefined)
    return problem(`/${secret}`, 'key-private', 'must not hold private parts; replace this key pair, it was disclosed');
  const { kid, use, alg, key_ops: operations } = jwk;
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID))
    return problem('/kid', 'jwks-invalid', `must be a text of 1 to ${MAX_KID} characters`);
  if (use !== undefined && use !== 'sig') return problem('/use', 'key-unusable', 'must be sig');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return problem('/key_ops', 'key-unusable', 'must hold verify');
  const possible = publicPart(jwk);
  if ('code' in possible) return possible;
  const usable = possible.algorithms.filter((one) => algorithms.includes(one) && (alg === undefined || alg === one));
  if (usable.length === 0)
    return problem(alg === undefined ? '/kty' : '/alg', 'key-unusable', `must be a key for ${algorithms.join(' or ')}`);
  return { kid: kid as string | undefined, algorithms: usable, jwk: possible.jwk };
}

function publicPart({
  kty,
  crv,
  n,
  e,
  x,
  y,
}: Readonly<Record<string, unknown>>): { readonly algorithms: readonly string[]; readonly jwk: JWK } | KeyProblem {
  if (kty === 'RSA') {
    if (!isBase64url(n) || !isBase64url(e) || e.length > 6)
      return problem('/n', 'key-unusable', 'n and e must be base64url, e at most 32 bits');
    const bits = bitsOf(n);
    if (bits < RSA_BITS.min || bits > RSA_BITS.max)
      return problem('/n', 'key-unusable', `must have ${RSA_BITS.min} to ${RSA_BITS.max} bits`);
    return { algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], jwk: { kty, n, e } };
  }
  if (kty === 'EC') {
    const algorithm = typeof crv === 'string' && Object.hasOwn(EC_ALGORITHMS, crv) ? EC_ALGORITHMS[crv] : undefined;
    if (algorithm === undefined || typeof crv !== 'string')
      return problem('/crv', 'key-unusable', `must be one of ${Object.keys(EC_ALGORITHMS).join(', ')}`);
    if (!isBase64url(x) || !isBase64url(y)) return problem('/x', 'key-unusable', 'x and y must be base64url');
    return { algorithms: [algorithm], jwk: { kty, crv, x, y } };
  }
  if (kty === 'OKP' && crv === 'Ed25519' && isBase64url(x))
    return { algorithms: ['EdDSA', 'Ed25519'], jwk: { kty, crv, x } };
  return problem('/kty', 'key-unusable', 'must be a public key of kty RSA or EC');
}

function isBase64url(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2_048 && BASE64URL.test(value);
}

function bitsOf(base64url: string): number {
  const bytes = Buffer.from(base64url, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
}

function problem(pointer: string, code: KeyProblem['code'], detail: string): KeyProblem {
  return { pointer, code, detail };
}
