import { ALL_SCOPES, hashSecret } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { bootstrap, type RunningServer } from '#libs/platform/http';
import { createPlatform, type Platform } from '#libs/platform/runtime';
import { createLogger } from '#libs/platform/telemetry';
import { ClientStore } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';

type Modules = Parameters<typeof bootstrap>[0];

export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

export interface ApiOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Each line of the log, from level `trace` on. Default: errors, to the console. */
  readonly onLine?: (line: string) => void;
}

export interface CallOptions {
  /** Access token. Default: that of the client `ward`. */
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Apps behind HTTP on a free port, on a database of their own. The client `ward` of the tenant `north` has all scopes. */
export class RunningApi {
  private constructor(
    readonly platform: Platform,
    readonly server: RunningServer,
    private readonly database: TestDatabase,
  ) {}

  /** Access token of `ward`, and the key of its tenant. */
  token = '';
  tenant = 0;

  static async open(modules: (platform: Platform) => Modules, options: ApiOptions = {}): Promise<RunningApi> {
    const database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      BOOTSTRAP_TENANT: 'north',
      BOOTSTRAP_CLIENT_ID: 'ward',
      BOOTSTRAP_CLIENT_SECRET: 'ward-secret',
      ...options.env,
    });
    const { onLine } = options;
    const logger =
      onLine === undefined
        ? createLogger({ level: 'error', role: 'test' })
        : createLogger({ level: 'trace', role: 'test' }, { write: onLine });
    const platform = await createPlatform(config, { logger });
    const server = await bootstrap(modules(platform), platform);
    const api = new RunningApi(platform, server, database);
    api.token = await api.tokenOf('ward');
    api.tenant = (await platform.tokens.verifyToken(api.token))?.tenant.key ?? 0;
    return api;
  }

  /** Adds a client with all scopes, whose secret is its id with `-secret`, and its tenant where there is none. */
  async addClient(tenant: string, id: string): Promise<void> {
    const secretHash = await hashSecret(`${id}-secret`);
    await new ClientStore(this.platform.pool).put({ tenant, id, secretHash, jwks: null, scopes: ALL_SCOPES });
  }

  async tokenOf(id: string, scope?: string): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: `${id}-secret`,
      ...(scope === undefined ? {} : { scope }),
    });
    const answer = await fetch(`${this.server.url}/oauth/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    { bearer = this.token, headers }: CallOptions = {},
  ): Promise<ApiAnswer<T>> {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  async close(): Promise<void> {
    this.platform.beginClosing();
    await this.server.close();
    await this.platform.close();
    await this.database.drop();
  }
}
