import { fetchJson, FetchRefusedError, judgeEndpoint } from '#libs/platform/outbound';
import { keyServerRules } from '../keys/client-keys.js';
import { NoKeysError, type KeyServer } from '../keys/remote-keys.js';

export interface IssuerSettings {
  /** The issuer as its tokens name it: a URL. An operator has set it, so it may be private. */
  readonly issuer: string;
  /** Any of them must be in `aud`. */
  readonly audiences: readonly string[];
  /** Of tokens without the claim `tenant`. */
  readonly tenant?: string;
  /** `JWKS_ALLOWED_HOSTS`, for keys that are not at the issuer's own origin. */
  readonly allowedHosts: readonly string[];
}

const CACHED_MS = 60 * 60_000;
const ASK_EVERY_MS = 3_000;
const LIMITS = { withinMs: 5_000, maxBytes: 200_000, trusted: true };

/** Where the keys of an issuer are (OpenID Connect Discovery 1.0 §4), asked for once an hour, and one question at a time. */
export class Discovery {
  private found: { readonly server: KeyServer; readonly at: number } | undefined;
  private asking: Promise<void> | undefined;
  private askedAt = 0;
  private failure = 'not asked yet';

  constructor(
    private readonly settings: IssuerSettings,
    private readonly now: () => number = Date.now,
    private readonly fetch: typeof fetchJson = fetchJson,
  ) {}

  /** @throws {NoKeysError} */
  async keyServer(): Promise<KeyServer> {
    const isOld = this.found === undefined || this.found.at + CACHED_MS <= this.now();
    if (isOld && (this.asking !== undefined || this.askedAt + ASK_EVERY_MS <= this.now())) {
      this.asking ??= this.ask().finally(() => (this.asking = undefined));
      // What was found before is good while it is asked for again.
      if (this.found === undefined) await this.asking;
    }
    if (this.found === undefined) throw new NoKeysError(this.failure);
    return this.found.server;
  }

  /** Never rejects. */
  private async ask(): Promise<void> {
    this.askedAt = this.now();
    try {
      const url = new URL(`${this.settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
      const answer = (await this.fetch(url, LIMITS)) as {
        readonly issuer?: unknown;
        readonly jwks_uri?: unknown;
      } | null;
      if (answer?.issuer !== this.settings.issuer) throw new FetchRefusedError('names another issuer');
      this.found = { server: this.keysAt(answer.jwks_uri), at: this.now() };
    } catch (error) {
      this.failure = error instanceof FetchRefusedError ? `discovery: ${error.message}` : 'discovery: no answer';
    }
  }

  private keysAt(uri: unknown): KeyServer {
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw new FetchRefusedError('names no jwks_uri');
    if (new URL(uri).origin === new URL(this.settings.issuer).origin)
      return { url: new URL(uri), trusted: true, owner: 'issuer' };
    const verdict = judgeEndpoint(uri, keyServerRules(this.settings.allowedHosts));
    if (verdict.kind === 'refused') throw new FetchRefusedError(`jwks_uri: ${verdict.message}`);
    return { url: verdict.url, trusted: verdict.trusted, owner: 'issuer' };
  }
}
