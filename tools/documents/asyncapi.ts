import { z } from 'zod';
import { Components } from './components.js';
import {
  ActRecordSchema,
  AlertRecordSchema,
  ClinicalRecordSchema,
  ModelParametersRecordSchema,
  ModelStatusRecordSchema,
  PARTITIONS,
  Sample,
  SamplesRecordSchema,
  SAMPLES_TOPIC_FILTER,
  TickRecordSchema,
  TOPICS,
} from '#libs/contracts';

type Json = Record<string, unknown>;

const MESSAGES: Readonly<Record<string, { readonly schema: z.ZodType; readonly summary: string }>> = {
  SamplesRecord: { schema: SamplesRecordSchema, summary: 'Samples of one patient in one request' },
  ClinicalRecord: { schema: ClinicalRecordSchema, summary: 'Facts and measurements of a FHIR write for one patient' },
  ActRecord: { schema: ActRecordSchema, summary: 'What a person did' },
  TickRecord: { schema: TickRecordSchema, summary: 'Time has passed with nothing newer from a source' },
  ModelParametersRecord: {
    schema: ModelParametersRecordSchema,
    summary: 'Parameters of a model, fitted to the person',
  },
  ModelStatusRecord: { schema: ModelStatusRecordSchema, summary: 'What the prediction ledger says of a model' },
  AlertRecord: { schema: AlertRecordSchema, summary: 'A transition of an alert episode' },
  DeadLetter: {
    schema: z.unknown(),
    summary:
      'A record that could not be applied, as it was; the reason is in the headers x-reason, x-group, x-topic, x-partition, x-offset',
  },
  SamplesMessage: { schema: z.union([Sample, z.array(Sample)]), summary: 'The payloads of POST /v1/samples' },
};

/** docs/asyncapi.json: AsyncAPI 3.0 of the log's topics and the MQTT gateway. */
export function asyncapi(): Json {
  const components = new Components();
  const messages = Object.fromEntries(
    Object.entries(MESSAGES).map(([name, { schema, summary }]) => [
      name,
      {
        name,
        title: name,
        summary,
        payload: components.take(z.toJSONSchema(schema, { unrepresentable: 'any' }) as Json),
      },
    ]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Homeostat',
      version: '1',
      description: 'Topics of the event log (Kafka, or Postgres tables of the same shape) and the MQTT gateway.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      patientInput: topic(TOPICS.patientInput, 'Everything the twin engine applies; key tenantKey/patientId', [
        'SamplesRecord',
        'ClinicalRecord',
        'ActRecord',
        'TickRecord',
        'ModelParametersRecord',
        'ModelStatusRecord',
      ]),
      alerts: topic(TOPICS.alerts, 'Alert transitions for the dispatcher; key tenantKey/patientId', ['AlertRecord']),
      deadLetters: topic(TOPICS.deadLetters, 'Records a consumer could not apply', ['DeadLetter']),
      mqttSamples: {
        address: SAMPLES_TOPIC_FILTER.replace('+', '{tenant}').replace('+', '{patient}'),
        title: 'The wearable gateway over MQTT',
        description: 'QoS 1; acknowledged once the log has it. Retained messages are refused.',
        parameters: { tenant: { description: 'id of the tenant' }, patient: { description: 'FHIR id of the Patient' } },
        messages: { SamplesMessage: { $ref: '#/components/messages/SamplesMessage' } },
      },
    },
    operations: {
      applyPatientInput: { action: 'receive', channel: { $ref: '#/channels/patientInput' } },
      deliverAlerts: { action: 'receive', channel: { $ref: '#/channels/alerts' } },
      parkDeadLetters: { action: 'send', channel: { $ref: '#/channels/deadLetters' } },
      takeSamples: { action: 'receive', channel: { $ref: '#/channels/mqttSamples' } },
    },
    components: { messages, schemas: components.schemas },
  };
}

function topic(address: keyof typeof PARTITIONS, title: string, messages: readonly string[]): Json {
  return {
    address,
    title,
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { kafka: { topic: address, partitions: PARTITIONS[address], bindingVersion: '0.5.0' } },
  };
}
