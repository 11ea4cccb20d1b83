import type { Pool } from 'pg';
import { hashPassword } from '#libs/platform/auth';
import { UserStore, type User } from '#libs/platform/storage';

export interface ConsoleUser {
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
  readonly tenant?: string;
  readonly fhirUser?: string;
}

/** Adds an account, as `npm run user -- add` does; its tenant is `north` unless another is named. */
export async function addUser(pool: Pool, user: ConsoleUser): Promise<User> {
  const { name, roles, password, tenant = 'north', fhirUser = null } = user;
  const passwordHash = await hashPassword(password);
  return new UserStore(pool).add(tenant, { name, roles, passwordHash, fhirUser }, 'test');
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly url: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** What a browser does of HTTP: it keeps cookies by host and path, follows redirects when asked, and sends forms. */
export class ConsoleBrowser {
  readonly cookies = new Map<string, Cookie>();
  /** Every `Set-Cookie` it was given. */
  readonly given: string[] = [];
  private csrfToken = '';

  constructor(readonly url: string) {}

  /** One request, without following redirects. */
  async ask(
    path: string,
    options: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<PageAnswer> {
    const url = new URL(path, this.url);
    const answer = await fetch(url, {
      method: options.method ?? 'GET',
      headers: { accept: 'text/html,*/*', ...this.cookieHeader(url), ...options.headers },
      redirect: 'manual',
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    for (const line of answer.headers.getSetCookie()) this.keep(url, line);
    return { status: answer.status, headers: answer.headers, text: await answer.text(), url: url.href };
  }

  /** Follows redirects until there are none, as far as `until` allows. */
  async open(path: string, until: (url: string) => boolean = () => false): Promise<PageAnswer> {
    let answer = await this.ask(path);
    for (let hop = 0; hop < 12; hop += 1) {
      const location = answer.headers.get('location');
      if (location === null || until(new URL(location, answer.url).href)) return answer;
      answer = await this.ask(new URL(location, answer.url).href);
    }
    throw new Error(`too many redirects, last to ${answer.headers.get('location')}`);
  }

  /** Fills in the login page of an answer and follows where it leads. */
  async submit(page: PageAnswer, name: string, password: string): Promise<PageAnswer> {
    const sent = await this.ask(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ name, password }).toString(),
    });
    const location = sent.headers.get('location');
    return location === null ? sent : this.open(new URL(location, sent.url).href);
  }

  /** Signs in by the embedded issuer's page, from any page of the console. */
  async signIn(name: string, password: string, next?: string): Promise<PageAnswer> {
    const query = next === undefined ? '' : `?next=${encodeURIComponent(next)}`;
    const done = await this.submit(await this.open(`/console/sign-in${query}`), name, password);
    const session = await this.session();
    this.csrfToken = (session.body['csrfToken'] as string | undefined) ?? '';
    return done;
  }

  async session(): Promise<{ status: number; body: Record<string, unknown> }> {
    const { status, text } = await this.ask('/console/session');
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  }

  /** A request of the page's scripts: changing ones carry the session's CSRF token. */
  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T; headers: Headers }> {
    const answer = await this.ask(path, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      body: (answer.text === '' ? {} : JSON.parse(answer.text)) as T,
      headers: answer.headers,
    };
  }

  /** The `Cookie` header for an address, for clients that make their own requests (streams). */
  cookieHeader(url: URL): Record<string, string> {
    const { host } = new URL(url);
    const fitting = [...this.cookies]
      .filter(
        ([key, { path }]) =>
          key.startsWith(`${host} `) &&
          (url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)),
      )
      .map(([key, { value }]) => `${key.split(' ')[1]}=${value}`);
    return fitting.length === 0 ? {} : { cookie: fitting.join('; ') };
  }

  private keep(url: URL, line: string): void {
    this.given.push(line);
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const path = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const age = attributes.find((one) => one.toLowerCase().startsWith('max-age='))?.slice(8);
    const expires = attributes.find((one) => one.toLowerCase().startsWith('expires='))?.slice(8);
    const key = `${url.host} ${name}`;
    if (age === '0' || value === '' || (expires !== undefined && Date.parse(expires) < Date.now()))
      this.cookies.delete(key);
    else this.cookies.set(key, { value, path });
  }
}
