import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** A key pair with an id, as a client has it. */
export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeKey(kid: string, alg = 'ES384'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export function signed(claims: JWTPayload, key: TestKey, header: object = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}

/** An HTTP server that publishes keys, or answers in any other way that a test sets. */
export class KeyServer {
  requests = 0;
  keys: readonly TestKey[] = [];
  /** Answers in place of the keys. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;

  private constructor(private readonly server: Server) {}

  static async start(...keys: readonly TestKey[]): Promise<KeyServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new KeyServer(server);
    started.keys = keys;
    server.on('request', (request, response) => {
      started.requests += 1;
      if (started.answer !== undefined) return started.answer(request, response);
      started.send(response, { keys: started.keys.map(({ publicJwk }) => publicJwk) });
    });
    return started;
  }

  send(response: ServerResponse, body: unknown, type = 'application/json'): void {
    response.writeHead(200, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/jwks.json`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
