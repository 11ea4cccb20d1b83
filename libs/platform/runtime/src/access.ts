/** Who is asking, as the token says. The tenant comes from here and from nowhere else. */
export interface Access {
  readonly tenant: { readonly id: string; readonly key: number };
  readonly client: string;
  readonly scopes: readonly string[];
}

/** Issues and checks access tokens, and checks client secrets (MQTT user names, HTTP Basic). */
export interface Tokens {
  issue(access: Access): Promise<{ readonly token: string; readonly expiresInSeconds: number }>;
  /** undefined: not ours, altered, or expired. */
  verifyToken(token: string): Promise<Access | undefined>;
  /** undefined: unknown client or wrong secret. */
  verifyClientSecret(clientId: string, secret: string): Promise<Access | undefined>;
}
