import { judgeEndpoint } from '#libs/platform/outbound';
import type { Client } from '#libs/platform/storage';
import { NoKeysError, RemoteKeys } from './remote-keys.js';
import { matching, usableKeys, type KeyHint, type PublicKey } from './verification-keys.js';

/** SMART Backend Services: servers shall support both. */
export const ASSERTION_ALGORITHMS = ['ES384', 'RS384'];

/** Public keys of clients: registered by value, or at their URL. */
export class ClientKeys {
  constructor(
    /** `JWKS_ALLOWED_HOSTS`. The rule is applied at every use: it may have changed since the client was made. */
    private readonly allowedHosts: readonly string[],
    private readonly remote: Pick<RemoteKeys, 'find'> = new RemoteKeys(ASSERTION_ALGORITHMS),
  ) {}

  /**
   * Keys that may have made a signature of the client.
   *
   * @throws {NoKeysError}
   */
  async find(client: Pick<Client, 'jwks' | 'jwksUri' | 'tenant'>, hint: KeyHint): Promise<readonly PublicKey[]> {
    if (client.jwks !== null) return matching(usableKeys(client.jwks, ASSERTION_ALGORITHMS), hint);
    if (client.jwksUri === null) throw new NoKeysError('the client has no registered keys');
    const verdict = judgeEndpoint(client.jwksUri, keyServerRules(this.allowedHosts));
    if (verdict.kind === 'refused') throw new NoKeysError(verdict.message);
    const { url, trusted } = verdict;
    return this.remote.find({ url, trusted, owner: String(client.tenant.key) }, hint);
  }
}

/** Which URLs a client may name as its key server. */
export function keyServerRules(allowedHosts: readonly string[]): { allowedHosts: readonly string[]; setting: string } {
  return { allowedHosts, setting: 'JWKS_ALLOWED_HOSTS' };
}
