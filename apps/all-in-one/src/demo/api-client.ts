import { setTimeout as sleep } from 'node:timers/promises';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 1_000;
/** Full, or not able just now: the same again later, as any client has to. */
const LATER = [429, 502, 503];

/** A client of the public API over HTTP. Stops, with an error, when `closing` is aborted. */
export class ApiClient {
  private token = '';
  private renewAt = 0;

  constructor(
    readonly url: string,
    private readonly credentials: Credentials,
    private readonly closing: AbortSignal,
  ) {}

  /** A valid access token. */
  async accessToken(): Promise<string> {
    if (Date.now() < this.renewAt) return this.token;
    const { clientId, clientSecret } = this.credentials;
    const response = await fetch(`${this.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      signal: this.closing,
    });
    if (!response.ok) throw new Error(`POST /oauth/token answered ${response.status}`);
    const answer = (await response.json()) as { readonly access_token: string; readonly expires_in: number };
    this.token = answer.access_token;
    this.renewAt = Date.now() + answer.expires_in * 1000 - RENEW_BEFORE_MS;
    return this.token;
  }

  /** One request, repeated while the server says that it cannot take it now. */
  async ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    for (;;) {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await this.accessToken()}`,
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: this.closing,
      });
      const text = await response.text();
      if (!LATER.includes(response.status)) return { status: response.status, body: parsed(text) };
      const after = Number(response.headers.get('retry-after'));
      await sleep(after > 0 ? after * 1000 : RETRY_MS, undefined, { signal: this.closing });
    }
  }

  /** Like {@link ask}, for what has to go well. */
  async must(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown> {
    const answer = await this.ask(method, path, body, contentType);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
