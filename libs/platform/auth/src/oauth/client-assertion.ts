import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Client, ClientStore } from '#libs/platform/storage';
import { ASSERTION_ALGORITHMS, type ClientKeys } from '../keys/client-keys.js';
import { NoKeysError } from '../keys/remote-keys.js';
import { importPublic } from '../keys/verification-keys.js';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_LIFE_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 10;
const MAX_ASSERTION = 8_192;

export type AssertionVerdict =
  | { readonly kind: 'ok'; readonly client: Client }
  | { readonly kind: 'refused'; readonly why: string };

export interface AssertionDeps {
  readonly clients: Pick<ClientStore, 'find' | 'useAssertion'>;
  readonly keys: Pick<ClientKeys, 'find'>;
  /** Any of them may be the assertion's `aud`. */
  readonly audiences: readonly string[];
  /** ms since 1970 */
  readonly now: number;
}

/**
 * Judges a `private_key_jwt` client assertion (RFC 7523 §3; SMART App Launch 2, "Client Authentication: Asymmetric"): signed with a
 * registered key, `iss` = `sub` = the client, `aud` = our token endpoint, living at most five minutes, its `jti` never seen.
 */
export async function judgeAssertion(assertion: string, deps: AssertionDeps): Promise<AssertionVerdict> {
  if (assertion.length > MAX_ASSERTION) return refused('the assertion is too long');
  const { clients, now } = deps;
  try {
    const claimed = decodeJwt(assertion).iss;
    const client = typeof claimed === 'string' && !claimed.includes('\0') ? await clients.find(claimed) : undefined;
    if (client === undefined || (client.jwks === null && client.jwksUri === null))
      return refused('unknown client, or one without registered keys');
    const payload = await verified(assertion, client, deps);
    if (typeof payload === 'string') return refused(payload);
    const expiresAt = (payload.exp ?? 0) * 1000;
    if (expiresAt > now + (MAX_LIFE_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1000) {
      return refused('exp must be at most five minutes ahead');
    }
    const jti = payload.jti;
    if (typeof jti !== 'string' || jti === '' || jti.length > 256 || jti.includes('\0') || !jti.isWellFormed())
      return refused('jti must be a text of 1 to 256 characters');
    const remembered = new Date(expiresAt + CLOCK_TOLERANCE_SECONDS * 1000);
    return (await clients.useAssertion(client, jti, remembered))
      ? { kind: 'ok', client }
      : refused('jti was used before');
  } catch (error) {
    if (error instanceof errors.JOSEError) return refused(`the assertion is not valid (${error.code})`);
    if (error instanceof NoKeysError) return refused(`keys of the client: ${error.message}`);
    throw error;
  }
}

/** The claims, once one of the client's keys has checked them; else what is wrong. */
async function verified(assertion: string, client: Client, deps: AssertionDeps): Promise<JWTPayload | string> {
  const { alg, kid, jku } = headerOf(assertion);
  if (alg === undefined || !ASSERTION_ALGORITHMS.includes(alg))
    return `the assertion must be signed by ${ASSERTION_ALGORITHMS.join(' or ')}`;
  // SMART: a `jku` that is not the registered URL is refused.
  if (jku !== undefined && jku !== client.jwksUri) return 'jku is not the URL that the client registered';
  const candidates = await deps.keys.find(client, { alg, kid });
  let failure: unknown;
  for (const candidate of candidates) {
    const key = await importPublic(candidate, alg);
    if (key === undefined) continue;
    try {
      const { payload } = await jwtVerify(assertion, key, {
        algorithms: [alg],
        issuer: client.id,
        subject: client.id,
        audience: [...deps.audiences],
        requiredClaims: ['exp', 'jti'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(deps.now),
      });
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return 'the client has no such key (kid, alg)';
}

interface Header {
  readonly alg: string | undefined;
  readonly kid: string | undefined;
  readonly jku: unknown;
}

function headerOf(jwt: string): Header {
  try {
    const { alg, kid, jku } = decodeProtectedHeader(jwt) as Readonly<Record<string, unknown>>;
    return { alg: textOf(alg), kid: textOf(kid), jku };
  } catch {
    return { alg: undefined, kid: undefined, jku: undefined };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function refused(why: string): AssertionVerdict {
  return { kind: 'refused', why };
}
