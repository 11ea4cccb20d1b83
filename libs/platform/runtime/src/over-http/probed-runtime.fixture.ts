import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { z } from 'zod';
import { LogFullError } from '#libs/platform/messaging';
import { ClientStore } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Authenticated, Caller, hashSecret, Public, RequireScope, type Access } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { BodyAs, bootstrap, type RunningServer } from '#libs/platform/http';
import { createLogger } from '#libs/platform/telemetry';
import { OutcomeProblem } from '#libs/fhir-rest';
import { createPlatform, type Platform } from '../index.js';

const Shape = z.strictObject({ n: z.number(), list: z.array(z.string()).optional() });
const Filter = z.strictObject({ limit: z.coerce.number().int().max(10).default(5) });

@Controller()
class ProbeRoutes {
  @Get('v1/probe')
  @RequireScope('twins.read')
  probe(@Caller() caller: Access): Access {
    return caller;
  }

  @Get('v1/undecorated')
  undecorated(): string {
    return 'must never be seen';
  }

  @Get('v1/filtered')
  @RequireScope('twins.read')
  filtered(@Query({ schema: Filter }) query: z.output<typeof Filter>): object {
    return query;
  }

  @Post('v1/shape')
  @RequireScope('twins.read')
  shape(@Body({ schema: Shape }) body: z.output<typeof Shape>): object {
    return body;
  }

  @Get('v1/boom')
  @RequireScope('twins.read')
  boom(): never {
    throw new Error('SELECT * FROM patients WHERE name = Jane Doe');
  }

  @Get('v1/full')
  @RequireScope('twins.read')
  full(): never {
    throw new LogFullError(3);
  }

  @Get('fhir/r4/:type')
  @RequireScope('system/{type}.rs')
  search(@Param('type') type: string): object {
    return { type };
  }

  @Post('fhir/r4')
  @Authenticated()
  @BodyAs({ as: 'text', maxBytes: 1_000 })
  bundle(@Body() text: string): string {
    return text;
  }

  @Get('fhir/r4/outcome/thrown')
  @Public()
  outcome(): never {
    throw new OutcomeProblem(422, {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'required' }],
    });
  }
}

@Module({ controllers: [ProbeRoutes] })
export class ProbeModule {}

export const PUBLIC_URL = 'https://homeostat.example';

/** An answer with its body as JSON where it is JSON, else as text. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
  readonly headers: Headers;
}

interface KeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

interface Parts {
  readonly database: TestDatabase;
  readonly platform: Platform;
  readonly server: RunningServer;
  readonly clients: ClientStore;
  readonly keys: KeyPair;
  /** Of nobody. */
  readonly otherKeys: KeyPair;
  readonly lines: readonly string[];
}

/** A process with probe routes over real HTTP and Postgres: clients `admin` (north), `ehr` (north, by key) and `reader` (south). */
export class ProbedRuntime {
  readonly database: TestDatabase;
  readonly platform: Platform;
  readonly server: RunningServer;
  readonly clients: ClientStore;
  readonly keys: KeyPair;
  readonly otherKeys: KeyPair;
  /** What was logged. */
  readonly lines: readonly string[];

  private constructor(parts: Parts) {
    this.database = parts.database;
    this.platform = parts.platform;
    this.server = parts.server;
    this.clients = parts.clients;
    this.keys = parts.keys;
    this.otherKeys = parts.otherKeys;
    this.lines = parts.lines;
  }

  static async start(): Promise<ProbedRuntime> {
    const lines: string[] = [];
    const database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      PUBLIC_URL,
      // It logs in more often than clients do.
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_LOGIN_ADDRESS: '0',
      BOOTSTRAP_TENANT: 'north',
      BOOTSTRAP_CLIENT_ID: 'admin',
      BOOTSTRAP_CLIENT_SECRET: 'admin-secret',
    });
    const logger = createLogger({ level: 'info', role: 'test' }, { write: (line) => void lines.push(line) });
    const platform = await createPlatform(config, { logger });
    const clients = new ClientStore(platform.pool);
    const keys = await generateKeyPair('ES384', { extractable: true });
    const otherKeys = await generateKeyPair('ES384', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES384', use: 'sig' };
    await clients.put({ tenant: 'north', id: 'ehr', secretHash: null, jwks: { keys: [jwk] }, scopes: ['system/*.rs'] });
    const secretHash = await hashSecret('reader:s ecret+%');
    await clients.put({
      tenant: 'south',
      id: 'reader',
      secretHash,
      jwks: null,
      scopes: ['twins.read', 'system/Patient.r'],
    });
    const server = await bootstrap([ProbeModule], platform);
    return new ProbedRuntime({ database, platform, server, clients, keys, otherKeys, lines });
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.platform.close();
    await this.database.drop();
  }

  async call(path: string, init: RequestInit = {}): Promise<Answered> {
    const answer = await fetch(this.server.url + path, init);
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return {
      status: answer.status,
      type,
      headers: answer.headers,
      body: /json/.test(type) ? (JSON.parse(text) as unknown) : text,
    };
  }
  token(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answered> {
    return this.call('/oauth/token', { method: 'POST', body: new URLSearchParams(fields), headers });
  }
  async bearer(scope?: string): Promise<{ authorization: string }> {
    const answer = await this.token({
      grant_type: 'client_credentials',
      client_id: 'admin',
      client_secret: 'admin-secret',
      ...(scope === undefined ? {} : { scope }),
    });
    return { authorization: `Bearer ${(answer.body as { access_token: string }).access_token}` };
  }
  async assertion(
    claims: Record<string, unknown> = {},
    key: CryptoKey = this.keys.privateKey,
  ): Promise<Record<string, string>> {
    const now = Math.floor(Date.now() / 1000);
    const jwt = await new SignJWT({
      iss: 'ehr',
      sub: 'ehr',
      aud: `${PUBLIC_URL}/oauth/token`,
      jti: crypto.randomUUID(),
      exp: now + 120,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES384', kid: 'k1', typ: 'JWT' })
      .sign(key);
    return {
      grant_type: 'client_credentials',
      scope: 'system/*.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    };
  }
}

export function basic(id: string, secret: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}
