import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet } from 'jose';
import type { Client, ClientStore } from '#libs/platform/storage';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** SMART Backend Services: servers shall support both. */
export const ASSERTION_ALGORITHMS = ['ES384', 'RS384'];
const LONGEST_LIFE_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 10;
const LONGEST_ASSERTION = 8_192;

export type AssertionVerdict =
  { readonly kind: 'ok'; readonly client: Client } | { readonly kind: 'refused'; readonly why: string };

/**
 * Judges a `private_key_jwt` client assertion (RFC 7523 §3; SMART App Launch 2, "Client Authentication: Asymmetric"): signed with a
 * registered key, `iss` = `sub` = the client, `aud` = our token endpoint, living at most five minutes, its `jti` never seen.
 */
export async function judgeAssertion(
  assertion: string,
  audiences: readonly string[],
  store: Pick<ClientStore, 'find' | 'useAssertion'>,
  now: number,
): Promise<AssertionVerdict> {
  if (assertion.length > LONGEST_ASSERTION) return refused('the assertion is too long');
  try {
    const claimed = decodeJwt(assertion).iss;
    const client = typeof claimed === 'string' && !claimed.includes('\0') ? await store.find(claimed) : undefined;
    if (client?.jwks === undefined || client.jwks === null)
      return refused('unknown client, or one without registered keys');
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks as unknown as JSONWebKeySet), {
      algorithms: ASSERTION_ALGORITHMS,
      issuer: client.id,
      subject: client.id,
      audience: [...audiences],
      requiredClaims: ['exp', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const expiresAt = (payload.exp ?? 0) * 1000;
    if (expiresAt > now + (LONGEST_LIFE_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1000) {
      return refused('exp must be at most five minutes ahead');
    }
    const jti = payload.jti;
    if (typeof jti !== 'string' || jti === '' || jti.length > 256 || jti.includes('\0'))
      return refused('jti must be a text of 1 to 256 characters');
    const remembered = new Date(expiresAt + CLOCK_TOLERANCE_SECONDS * 1000);
    return (await store.useAssertion(client, jti, remembered))
      ? { kind: 'ok', client }
      : refused('jti was used before');
  } catch (error) {
    if (error instanceof errors.JOSEError) return refused(`the assertion is not valid (${error.code})`);
    throw error;
  }
}

function refused(why: string): AssertionVerdict {
  return { kind: 'refused', why };
}
