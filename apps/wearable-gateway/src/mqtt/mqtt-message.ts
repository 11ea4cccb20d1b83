import { randomUUID } from 'node:crypto';
import { type Entry, readPayload, refuse } from '#libs/samples';
import { patientOfTopic } from './mqtt-topic.js';
import type { Pipeline } from '../pipeline.js';
import type { Origin } from '../origin.js';
import { Tally } from '../rejections/tally.js';

/** A PUBLISH as either broker hands it over. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
}

/** Who sent it: the own broker knows the client; of another broker only the topic is known. */
export interface MqttSender {
  readonly tenant: { readonly id: string; readonly key: number };
  readonly client: string;
  readonly anySource: boolean;
}

/** Maximum bytes of one message. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
/** While the log is full a message waits this long, and with it everything behind it on its connection. */
const PATIENCE_MS = 30_000;

/**
 * Takes one message. When it resolves, the message may be acknowledged: what was good is durable, and what was not is listed in
 * `GET /v1/rejections`. A bad message is not thrown back, because MQTT 3.1.1 has no way to refuse one, and its sender would
 * repeat it for ever.
 * @throws when the log or the database is away, or the log stays full: do not acknowledge, the broker or sender repeats it
 */
export async function takeMessage(pipeline: Pipeline, message: MqttMessage, sender: MqttSender): Promise<void> {
  const topic = patientOfTopic(message.topic);
  const boundTo = topic?.patient;
  const origin: Origin = {
    tenant: sender.tenant.key,
    client: sender.client,
    anySource: sender.anySource,
    door: 'mqtt',
    request: randomUUID(),
    boundTo,
    patienceMs: PATIENCE_MS,
  };
  await pipeline.takeAll(
    entriesOf(message, topic !== undefined && topic.tenant === sender.tenant.id),
    origin,
    new Tally(),
  );
}

function entriesOf(message: MqttMessage, topicIsRight: boolean): readonly Entry[] {
  if (!topicIsRight) {
    return [
      refuse(0, 'topic-invalid', 'samples go to homeostat/{tenant}/patients/{patient}/samples of your own tenant'),
    ];
  }
  if (message.retain) return [refuse(0, 'retained-message', 'samples must not be retained: clear the retain flag')];
  if (message.payload.length > MAX_PAYLOAD_BYTES) {
    return [refuse(0, 'payload-too-large', `a message may have at most ${MAX_PAYLOAD_BYTES} bytes`)];
  }
  const read = readPayload(message.payload);
  return read.ok ? read.entries : [refuse(0, 'malformed-json', read.message)];
}
