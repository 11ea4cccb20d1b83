import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Pool } from 'undici';

export type Role = 'fhir-gateway' | 'wearable-gateway' | 'twin-engine' | 'alert-dispatcher' | 'twin-api' | 'all-in-one';

export const TENANT = 'ward-test';
export const CLIENT_ID = 'test-admin';
export const CLIENT_SECRET = 'a-secret-for-tests-only-0123456789';

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** One app as its own process, run from `dist` like a user runs it; keeps its port over restarts. */
export class AppProcess {
  private child: ChildProcess | undefined;
  readonly output: string[] = [];

  private constructor(
    readonly role: Role,
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    /** Folder of a built checkout: another release than this one. */
    private readonly root = '.',
  ) {}

  static async start(
    role: Role,
    env: Readonly<Record<string, string>>,
    port?: number,
    root?: string,
  ): Promise<AppProcess> {
    const app = new AppProcess(role, port ?? (await freePort()), env, root);
    await app.start();
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(timeoutMs = 60_000): Promise<void> {
    const entry = `dist/apps/${this.role}/src/main.js`;
    const child = spawn(process.execPath, ['--enable-source-maps', '--max-semi-space-size=32', entry], {
      cwd: this.root,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        BOOTSTRAP_TENANT: TENANT,
        BOOTSTRAP_CLIENT_ID: CLIENT_ID,
        BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET,
        WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
        LOG_LEVEL: 'warn',
        // As `npm run start:…` does, with its flags.
        NODE_COMPILE_CACHE: '.cache/node',
        ...this.env,
        PORT: String(this.port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.role} was not ready after ${timeoutMs} ms:\n${this.tail()}`)),
        timeoutMs,
      );
      const watch = (chunk: Buffer): void => {
        const text = chunk.toString();
        this.output.push(text);
        if (this.output.length > 2000) this.output.splice(0, 1000);
        if (/^ready http/m.test(text)) {
          clearTimeout(timer);
          resolve();
        }
      };
      child.stdout.on('data', watch);
      child.stderr.on('data', watch);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`${this.role} ended with ${code ?? signal} before it was ready:\n${this.tail()}`));
      });
    });
    await ready;
  }

  /** `kill -9`: nothing is said to the process. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to end, as an operator does; answers the milliseconds it took. */
  async stop(): Promise<number> {
    const from = Date.now();
    await this.end('SIGTERM');
    return Date.now() - from;
  }

  tail(lines = 40): string {
    return this.output.join('').split('\n').slice(-lines).join('\n');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A client of the public API: gets a token and speaks JSON. One connection pool per base URL. */
export class Client {
  private token = '';
  private readonly pools = new Map<string, Pool>();

  constructor(
    /** Base URLs; in one process all the same. */
    readonly urls: { readonly api: string; readonly fhir: string; readonly wearable: string },
    private readonly credentials = { id: CLIENT_ID, secret: CLIENT_SECRET },
    private readonly connections = 32,
  ) {}

  async login(): Promise<string> {
    const answer = await this.raw(
      this.urls.api,
      'POST',
      '/oauth/token',
      {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${this.credentials.id}:${this.credentials.secret}`).toString('base64')}`,
      },
      'grant_type=client_credentials',
    );
    if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
    this.token = (JSON.parse(answer.text) as { access_token: string }).access_token;
    return this.token;
  }

  api<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return this.call<T>(this.urls.api, method, path, body, 'application/json');
  }

  fhir<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return this.call<T>(this.urls.fhir, method, `/fhir/r4${path}`, body, 'application/fhir+json');
  }

  samples<T = unknown>(body: unknown, contentType = 'application/json'): Promise<Answer<T>> {
    return this.call<T>(this.urls.wearable, 'POST', '/v1/samples', body, contentType);
  }

  /** A request as is, for what a well-behaved client would not send. */
  async raw(
    base: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | Buffer,
  ): Promise<{ status: number; text: string; headers: Record<string, string | string[] | undefined> }> {
    const answer = await this.pool(base).request({
      method: method as 'GET',
      path,
      headers: { ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, text: await answer.body.text(), headers: answer.headers };
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private async call<T>(
    base: string,
    method: string,
    path: string,
    body: unknown,
    contentType: string,
  ): Promise<Answer<T>> {
    const text =
      body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await this.raw(base, method, path, text === undefined ? {} : { 'content-type': contentType }, text);
    return { status: answer.status, headers: answer.headers, body: parse<T>(answer.text) };
  }

  private pool(base: string): Pool {
    let pool = this.pools.get(base);
    if (pool === undefined) {
      pool = new Pool(base, { connections: this.connections, headersTimeout: 60_000, bodyTimeout: 60_000 });
      this.pools.set(base, pool);
    }
    return pool;
  }
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return text as T;
  }
}
