import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Alert } from '#libs/contracts';

export interface Received {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Alert;
  readonly signed: boolean;
}

/**
 * A subscriber's endpoint for tests and benches: keeps what it was sent, checks signatures once it knows the secret, and can
 * be set to answer otherwise.
 */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** Status of the next answers; a function may decide per message. */
  answer: number | ((message: { readonly id: string; readonly type: string }) => number) = 200;
  secret: string | undefined;
  requests = 0;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly port: number,
  ) {}

  static async start(port = 0): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const receiver = new WebhookReceiver(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => void receiver.take(request, response));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Distinct messages by webhook-id, in order of first arrival. */
  distinct(): readonly Received[] {
    const seen = new Map<string, Received>();
    for (const message of this.received) if (!seen.has(message.id)) seen.set(message.id, message);
    return [...seen.values()];
  }

  async waitFor(what: (messages: readonly Received[]) => boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!what(this.received)) {
      if (Date.now() > deadline)
        throw new Error(`the webhook receiver waited ${timeoutMs} ms; it has ${this.received.length} messages`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const at = Date.now();
    this.requests += 1;
    const text = Buffer.concat(chunks).toString();
    const id = String(request.headers['webhook-id']);
    const body = JSON.parse(text) as { type: string; timestamp: string; data: Alert };
    const status = typeof this.answer === 'number' ? this.answer : this.answer({ id, type: body.type });
    if (status >= 200 && status < 300) {
      this.received.push({ id, at, signed: this.verify(text, request), ...body });
    }
    response.writeHead(status).end();
  }

  private verify(text: string, request: IncomingMessage): boolean {
    if (this.secret === undefined) return false;
    try {
      new Webhook(this.secret).verify(text, request.headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  }
}
