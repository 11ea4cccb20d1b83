import { randomUUID } from 'node:crypto';
import { Agent, request as send, type Dispatcher } from 'undici';

/* The answers of a server under test may have any shape: what is expected of them is asserted where they are used. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Any = any;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; undefined when there is none. */
  readonly body: Any;
  readonly text: string;
}

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `null` sends none. */
  readonly token?: string | null;
}

/** A registered client of SMART Backend Services, for the requirements of that area. */
export interface SmartClient {
  readonly id: string;
  /** Private key, JWK, ES384. */
  readonly key: Readonly<Record<string, unknown>>;
  /** What the client holds; `system/*.cruds` or more. */
  readonly scopes: readonly string[];
}

export interface ServerOptions {
  /** Without a slash at its end: `http://localhost:3000/fhir/r4`. */
  readonly base: string;
  /** Bearer token; '' for an open server. */
  readonly token: () => Promise<string>;
  readonly smartClient?: SmartClient | undefined;
  /** Id of a Patient with measurements of devices, and with forecasts that come seldom enough to be read twice. */
  readonly monitored?: string | undefined;
}

/** The server under test: HTTP and nothing else. */
export class Server {
  private readonly agent = new Agent({ connections: 64, pipelining: 1 });

  constructor(readonly options: ServerOptions) {}

  get base(): string {
    return this.options.base;
  }

  async request(method: string, path: string, { body, headers = {}, token }: Sent = {}): Promise<Answer> {
    const bearer = token === undefined ? await this.options.token() : token;
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await send(path.startsWith('http') ? path : `${this.base}${path}`, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.agent,
      headersTimeout: 60_000,
      bodyTimeout: 60_000,
      headers: {
        accept: 'application/fhir+json',
        ...(text === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...(bearer === null || bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const got = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      body: parsed(got),
      text: got,
    };
  }

  get(path: string, headers?: Sent['headers']): Promise<Answer> {
    return this.request('GET', path, headers === undefined ? {} : { headers });
  }

  post(path: string, body: unknown, headers?: Sent['headers']): Promise<Answer> {
    return this.request('POST', path, { body, ...(headers === undefined ? {} : { headers }) });
  }

  put(path: string, body: unknown, headers?: Sent['headers']): Promise<Answer> {
    return this.request('PUT', path, { body, ...(headers === undefined ? {} : { headers }) });
  }

  /** Creates the resource and answers it as stored. */
  async made(resource: Any): Promise<Any> {
    const answer = await this.post(`/${resource.resourceType}`, resource, { prefer: 'return=representation' });
    if (answer.status !== 201) throw new Error(`a create answered ${answer.status}: ${answer.text.slice(0, 400)}`);
    return answer.body;
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

function parsed(text: string): Any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name that no other run has used. */
export function unique(): string {
  return randomUUID().replaceAll('-', '').slice(0, 20);
}
