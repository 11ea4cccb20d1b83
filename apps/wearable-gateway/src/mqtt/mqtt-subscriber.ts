import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Pool } from 'pg';
import { SAMPLES_TOPIC_FILTER } from '#libs/contracts';
import type { Platform } from '#libs/platform/runtime';
import { takeMessage } from './mqtt-message.js';
import { patientOfTopic } from './mqtt-topic.js';
import type { Pipeline } from '../pipeline.js';

/** Messages in progress; more wait in the broker. */
const MAX_IN_PROGRESS = 500;
const RECONNECT_MS = 1_000;
const CLOSE_WITHIN_MS = 1_500;
const TENANTS_KEPT_MS = 60_000;

/**
 * The client of an external broker (`MQTT_URL`, with user name and password in it). It subscribes as one of a shared group with a
 * session that outlives it, at QoS 1, and acknowledges a message after the log has its samples. Who may publish to which topic is
 * the broker's business (README: Mosquitto ACL); the tenant is read from the topic.
 */
export class MqttSubscriber {
  private client: MqttClient | undefined;
  private readonly inHand = new Set<Promise<void>>();
  /** By packet id, from the arrival of a message until mqtt.js wants to acknowledge it. */
  private readonly acknowledgements = new Map<number, Promise<void>>();
  private readonly tenants: Tenants;
  private isSubscribed = false;

  constructor(
    private readonly platform: Pick<Platform, 'pool' | 'logger' | 'databaseUrl'>,
    private readonly pipeline: Pipeline,
    private readonly url: string,
  ) {
    this.tenants = new Tenants(platform.pool);
  }

  /** Starts to connect, and keeps trying; {@link subscribed} resolves when it worked. */
  start(): void {
    const installation = createHash('sha256').update(this.platform.databaseUrl).digest('hex').slice(0, 10);
    const options: IClientOptions = {
      clean: false,
      clientId: new URL(this.url).searchParams.get('clientId') ?? `homeostat-${installation}-${hostname()}`,
      reconnectPeriod: RECONNECT_MS,
      resubscribe: false,
      properties: { sessionExpiryInterval: 7 * 86_400 },
    };
    const client = connect(this.url, options);
    this.client = client;
    client.on('error', (error) => this.platform.logger.warn({ err: error, door: 'mqtt' }, 'MQTT connection failed'));
    // Before the connection is up: what waits in the session comes right behind the CONNACK.
    this.acknowledgeWhenDurable(client);
    const topic = `$share/homeostat-${installation}/${SAMPLES_TOPIC_FILTER}`;
    // At every connection: a broker that restarted may have forgotten the session.
    client.on('connect', () => void this.subscribe(client, topic));
  }

  subscribed(): boolean {
    return this.isSubscribed && (this.client?.connected ?? false);
  }

  /** Stops taking, waits for what is in progress; what was not acknowledged stays in the broker. */
  async stop(): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    await Promise.race([Promise.allSettled(this.inHand), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    await client.endAsync();
  }

  private async subscribe(client: MqttClient, topic: string): Promise<void> {
    try {
      await client.subscribeAsync(topic, { qos: 1 });
      this.isSubscribed = true;
    } catch (error) {
      this.isSubscribed = false;
      this.platform.logger.warn({ err: error, door: 'mqtt' }, 'the broker refused the subscription');
    }
  }

  /**
   * mqtt.js acknowledges a message when `handleMessage` is done, and takes the next one only then: one message per append. Here
   * `handleMessage` is done at once while fewer than {@link MAX_IN_PROGRESS} are in progress, and the PUBACK it sends is held back until
   * the log has the samples.
   */
  private acknowledgeWhenDurable(client: MqttClient): void {
    const internals = client as unknown as Internals;
    const send = internals._sendPacket.bind(client);
    internals._sendPacket = (packet, done, ...rest) => {
      const id = packet.messageId ?? 0;
      const durable = packet.cmd === 'puback' ? this.acknowledgements.get(id) : undefined;
      if (durable === undefined) {
        send(packet, done, ...rest);
        return;
      }
      this.acknowledgements.delete(id);
      void this.sendWhen(durable, client, () => send(packet));
      done?.();
    };
    client.handleMessage = (packet, done) => {
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      const id = packet.messageId ?? 0;
      const work = this.take({ topic: packet.topic, payload, retain: packet.retain });
      this.inHand.add(work);
      if (packet.qos > 0) this.acknowledgements.set(id, work);
      void this.follow(client, work);
      void this.roomAfter(done);
    };
  }

  private async take(message: { topic: string; payload: Buffer; retain: boolean }): Promise<void> {
    const topic = patientOfTopic(message.topic);
    const tenant = topic === undefined ? undefined : await this.tenants.find(topic.tenant);
    if (tenant === undefined) {
      this.platform.logger.warn({ door: 'mqtt', reason: 'topic-invalid' }, 'a message named no tenant known here');
      return;
    }
    await takeMessage(this.pipeline, message, { tenant, client: `mqtt/${tenant.id}`, anySource: false });
  }

  /** Only on the connection that brought the message: on a new one the broker brings it again. */
  private async sendWhen(durable: Promise<void>, client: MqttClient, send: () => void): Promise<void> {
    const connection = client.stream;
    const taken = await durable.then(
      () => true,
      () => false,
    );
    if (taken && client.connected && client.stream === connection) send();
  }

  private async roomAfter(done: (() => void) | undefined): Promise<void> {
    if (this.inHand.size >= MAX_IN_PROGRESS)
      await Promise.race([...this.inHand].map((work) => work.catch(() => undefined)));
    done?.();
  }

  /** A message that is not acknowledged comes again only on a new connection. */
  private async follow(client: MqttClient, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.platform.logger.warn(
        { err: error, door: 'mqtt' },
        'a message was not taken; connecting anew to get it again',
      );
      if (client.connected) client.stream.destroy();
    }
    this.inHand.delete(work);
  }
}

interface Internals {
  _sendPacket(
    packet: { readonly cmd: string; readonly messageId?: number },
    done?: () => void,
    ...rest: unknown[]
  ): void;
}

/** Tenants by the id that stands in a topic. */
class Tenants {
  private readonly kept = new Map<string, { readonly key: number; readonly until: number }>();

  constructor(private readonly pool: Pool) {}

  async find(id: string): Promise<{ readonly id: string; readonly key: number } | undefined> {
    const held = this.kept.get(id);
    if (held !== undefined && held.until > Date.now()) return { id, key: held.key };
    const { rows } = await this.pool.query<{ key: number }>({
      name: 'tenant-by-id',
      text: 'SELECT key FROM tenants WHERE id = $1',
      values: [id],
    });
    const key = rows[0]?.key;
    if (key === undefined) return undefined;
    this.kept.set(id, { key, until: Date.now() + TENANTS_KEPT_MS });
    return { id, key };
  }
}
