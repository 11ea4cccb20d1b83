import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import { allows, ANY_SOURCE, RateLimitedError, type Access } from '#libs/platform/auth';
import type { Platform } from '#libs/platform/runtime';
import { MqttFrameGuard } from './mqtt-frame-guard.js';
import { MAX_PAYLOAD_BYTES, takeMessage } from './mqtt-message.js';
import type { Pipeline } from '../pipeline.js';

const MAX_CONNECTIONS = 10_000;
const CONNECT_WITHIN_MS = 10_000;
/** Topic and headers beside the payload. */
const HEADER_BYTES = 64 * 1024;
/** MQTT 3.1.1 §3.2.2.3 */
const SERVER_UNAVAILABLE = 3;
const BAD_USER_NAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

/**
 * The broker in this process, for installations that bring none: MQTT 3.1 and 3.1.1 over TCP. It takes samples and nothing else:
 * nobody can subscribe, nothing is retained or forwarded. The PUBACK (PUBREC with QoS 2) goes out after the log has the samples.
 */
export class MqttBroker {
  private readonly accesses = new WeakMap<Client, Access>();
  private readonly addresses = new WeakMap<object, string>();
  /** Ends the watch over a connection's access. */
  private readonly watches = new WeakMap<Client, () => void>();
  private server: Server | undefined;
  private broker: Aedes | undefined;

  constructor(
    private readonly platform: Pick<Platform, 'tokens' | 'limits' | 'logger' | 'config'>,
    private readonly pipeline: Pipeline,
  ) {}

  /** Starts to listen; answers the port. */
  async start(): Promise<number> {
    const broker = await Aedes.createBroker({
      connectTimeout: CONNECT_WITHIN_MS,
      authenticate: (client, username, password, done) => void this.answerConnect(client, username, password, done),
      authorizePublish: (client, packet, done) => void this.answerPublish(client, packet, done),
      // Samples are for this service alone. `null` answers SUBACK with failure.
      authorizeSubscribe: (_client, _subscription, done) => done(null, null),
      authorizeForward: () => null,
    });
    broker.on('clientError', (client: Client, error: Error) => this.logEnd(client, error));
    broker.on('clientReady', (client: Client) => this.endWithAccess(client));
    broker.on('clientDisconnect', (client: Client) => this.watches.get(client)?.());
    broker.on('connectionError', (client: Client, error: Error) => this.logEnd(client, error));
    const server = createServer((socket) => this.accept(broker, socket));
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.platform.config.mqtt.port, this.platform.config.http.host, resolve);
    });
    this.broker = broker;
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  listening(): boolean {
    return this.server?.listening ?? false;
  }

  async stop(): Promise<void> {
    const { server, broker } = this;
    server?.close();
    if (broker !== undefined) await new Promise<void>((resolve) => broker.close(resolve));
  }

  private accept(broker: Aedes, socket: Socket): void {
    socket.setNoDelay(true);
    const guard = new MqttFrameGuard(MAX_PAYLOAD_BYTES + HEADER_BYTES);
    const end = (): void => void socket.destroy();
    socket.on('error', () => guard.destroy());
    guard.on('error', end);
    const stream = Duplex.from({ readable: socket.pipe(guard), writable: socket });
    this.addresses.set(stream, socket.remoteAddress ?? '');
    broker.handle(stream);
  }

  private async answerConnect(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean) => void,
  ): Promise<void> {
    let refused: number | undefined;
    try {
      const access = await this.authenticate(client, username, password);
      if (access === undefined) refused = BAD_USER_NAME_OR_PASSWORD;
    } catch (error) {
      refused = error instanceof NotAllowed ? NOT_AUTHORIZED : SERVER_UNAVAILABLE;
    }
    done(refused === undefined ? null : refusal(refused), refused === undefined);
  }

  /** An error closes the connection without a PUBACK: the sender comes back and repeats. */
  private async answerPublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    let failed: Error | null = null;
    try {
      await this.take(client, packet);
    } catch (error) {
      failed = error instanceof Error ? error : new Error('not taken');
    }
    done(failed);
  }

  private async authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): Promise<Access | undefined> {
    if (username === undefined || password === undefined) return undefined;
    const { tokens, limits } = this.platform;
    await limits.attempt(this.addresses.get(client.conn) ?? '', username);
    const secret = password.toString('utf8');
    const access =
      username === 'oauth2' ? await tokens.verifyToken(secret) : await tokens.verifyClientSecret(username, secret);
    if (access === undefined) return undefined;
    if (!allows(access.scopes, 'samples.write')) throw new NotAllowed();
    this.accesses.set(client, access);
    // MQTT lets a new connection with the same client id end the older one: that must not reach across clients or tenants.
    Object.assign(client, { id: `${access.tenant.id}/${access.client}/${client.id}` });
    return access;
  }

  /** Once it is connected: the connection lives no longer than what let it in. MQTT 3.1.1 has no way to say why. */
  private endWithAccess(client: Client): void {
    const access = this.accesses.get(client);
    if (access === undefined) return;
    const stop = this.platform.tokens.watch(access, (reason) => {
      const fields = { door: 'mqtt', tenant: access.tenant.id, client: access.client, reason };
      this.platform.logger.info(fields, 'MQTT connection ended: its access did');
      client.close();
    });
    this.watches.set(client, stop);
  }

  private async take(client: Client | null, packet: PublishPacket): Promise<void> {
    const access = client === null ? undefined : this.accesses.get(client);
    // The broker's own messages ($SYS) have no client.
    if (access === undefined) return;
    await this.untilAllowed(client, access);
    const message = { topic: packet.topic, payload: bytesOf(packet.payload), retain: packet.retain };
    // Nothing may stay in the broker: neither retained nor as bytes for subscribers there are none of.
    packet.retain = false;
    packet.payload = '';
    await takeMessage(this.pipeline, message, { ...access, anySource: allows(access.scopes, ANY_SOURCE) });
    const tenant = /^homeostat\/([^/]*)\//.exec(packet.topic)?.[1];
    if (tenant !== undefined && tenant !== access.tenant.id) throw new NotAllowed();
  }

  /** A sender over its limit is not answered until it is below it again: it waits for its PUBACK, and nobody else does. */
  private async untilAllowed(client: Client | null, access: Access): Promise<void> {
    for (;;) {
      try {
        return await this.platform.limits.request(access);
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        await sleep(error.retryAfterSeconds * 1000, undefined, { ref: false });
        if (client?.connected !== true) throw error;
      }
    }
  }

  private logEnd(client: Client, error: Error): void {
    // A DISCONNECT ends the stream with an AbortError.
    if (error.name === 'AbortError') return;
    const access = this.accesses.get(client);
    const fields = { door: 'mqtt', tenant: access?.tenant.id, client: access?.client, err: error };
    if (access === undefined) this.platform.logger.debug(fields, 'MQTT connection refused');
    else this.platform.logger.info(fields, 'MQTT connection ended');
  }
}

/** Known, but without the right; its connection is closed. */
class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('refused'), { returnCode }) as AuthenticateError;
}

function bytesOf(payload: AedesPublishPacket['payload']): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
}
