import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { samplesTopic } from '#libs/contracts';
import { SECRET } from '../../../../test/support/wearable-gateway.js';

export const TOPIC = samplesTopic('t1', 'p1');

let minute = 0;

/** A good sample at a minute of its own; the topic names its patient. */
export function sample(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  minute += 1;
  const effectiveAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  return { code: 'heart-rate', value: 72, unit: '/min', effectiveAt, ...over };
}

/** Connections to a broker, of the client `full` unless the options say otherwise. */
export class Connections {
  private readonly clients: MqttClient[] = [];

  constructor(private readonly url: string) {}

  async open(options: IClientOptions = {}): Promise<MqttClient> {
    const client = await connectAsync(this.url, { username: 'full', password: SECRET, reconnectPeriod: 0, ...options });
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((client) => client.endAsync(true)));
  }
}
