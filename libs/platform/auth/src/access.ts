/** Who is asking, as the token says. The tenant comes from here and from nowhere else. */
export interface Access {
  readonly tenant: { readonly id: string; readonly key: number };
  readonly client: string;
  readonly scopes: readonly string[];
  /** When it ends by itself, ms: the expiry of the token. Absent for a client secret. */
  readonly expiresAt?: number;
  /** Stands for what the client was when this was given: its secret, keys and scopes (`grantOf`). Absent in tokens of older versions. */
  readonly grant?: string;
  /** Id of the token (`jti`), by which it can be revoked. Absent for a client secret. */
  readonly tokenId?: string;
  /** The outside issuer that gave the token; absent for our own. Its client is none of ours, whatever its id. */
  readonly issuer?: string;
  /** The person the token represents, as a FHIR reference (SMART's claim `fhirUser`), where it names one. */
  readonly fhirUser?: string;
  /** Of a person who signed in with a browser; absent for clients. */
  readonly session?: { readonly id: string; readonly user: string; readonly roles: readonly string[] };
}

/** Issues and checks access tokens, and checks client secrets (MQTT user names, HTTP Basic). */
export interface Tokens {
  issue(access: Access): Promise<{ readonly token: string; readonly expiresInSeconds: number }>;
  /** undefined: not ours, altered, expired, or revoked, or given before its client was disabled or changed. */
  verifyToken(token: string): Promise<Access | undefined>;
  /** undefined: unknown client or wrong secret. */
  verifyClientSecret(clientId: string, secret: string): Promise<Access | undefined>;
  /**
   * For connections that outlive a request: calls `end` once, when the access has expired, or at most 5 s after it was revoked
   * or its client was disabled or its secret, keys or scopes changed.
   * @returns stops watching
   */
  watch(access: Access, end: (reason: AccessEnd) => void): () => void;
  /**
   * Gives `work` a token with which a process rehearses its own routes: known to this process only and ends with `work`; of tenant 0, which is
   * nobody's.
   */
  rehearse(scopes: readonly string[], work: (token: string) => Promise<unknown>): Promise<void>;
  /** A client was changed by this process: what is remembered of it ends here at once. */
  forget(client: string): void;
}

/** Why a connection ends: its token has expired, or its client is disabled or no longer what it was. */
export type AccessEnd = 'expired' | 'revoked';
