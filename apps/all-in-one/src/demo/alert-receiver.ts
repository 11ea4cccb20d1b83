import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { Alert } from '#libs/contracts';

/** What a webhook carries. `timestamp`: when the record that led to it was received. */
export interface AlertMessage {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Alert;
}

/** A subscriber's endpoint on this machine: checks the signature and hands each message on once. */
export class AlertReceiver {
  /** Of the webhook; until it is known messages are refused, and come again. */
  secret: string | undefined;
  private readonly seen = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly take: (message: AlertMessage) => void,
  ) {}

  /** Listens on the wished port if it is free, else on any. */
  static async open(wished: number, take: (message: AlertMessage) => void): Promise<AlertReceiver> {
    const server = createServer();
    await listen(server, wished).catch(() => listen(server, 0));
    const receiver = new AlertReceiver(server, take);
    server.on('request', (request, response) => {
      receiver.answer(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(400).end(),
      );
    });
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/alerts`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage): Promise<number> {
    if (this.secret === undefined) return 503;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    let message: AlertMessage;
    try {
      const headers = request.headers as Record<string, string>;
      message = new Webhook(this.secret).verify(Buffer.concat(chunks), headers) as AlertMessage;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return 401;
      throw error;
    }
    // At least once, under the same id: the second is known by it.
    const id = String(request.headers['webhook-id']);
    if (!this.seen.has(id)) this.take(message);
    this.seen.add(id);
    return 204;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      done();
    });
  });
}
