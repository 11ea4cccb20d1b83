import { randomUUID } from 'node:crypto';
import { allModules } from '../../../apps/all-in-one/src/all-in-one.module.js';
import { TwinApiModule } from '../../../apps/twin-api/src/twin-api.module.js';
import { EventReader, type ReadEvent } from '../event-reader.js';
import { RunningApi } from '../running-api.js';

export type Item = Record<string, unknown> & { patient: string };

interface List {
  readonly asOf: string;
  readonly items: readonly Item[];
  readonly next?: string;
}

const UNITS: Readonly<Record<string, string>> = { 'heart-rate': '/min', 'respiratory-rate': '/min' };

/**
 * A ward of Ada, in bed 10, and Bob, beside patients who were deleted or replaced by another; everything in one process, and the twin API in
 * another on the same database.
 */
export class WardApi {
  /** Views of other runs are in the same Redis. */
  readonly run = randomUUID().slice(0, 8);
  /** Token of a client of another tenant. */
  south = '';
  private readonly readers: EventReader[] = [];

  private constructor(
    readonly api: RunningApi,
    /** Another process on the same database, which reads only. */
    readonly other: RunningApi,
  ) {}

  /** `redisUrl` empty: without Redis. */
  static async open(redisUrl: string): Promise<WardApi> {
    const env = { MQTT_PORT: '0', ...(redisUrl === '' ? {} : { REDIS_URL: redisUrl }) };
    const api = await RunningApi.open(allModules, { env });
    const other = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
      env: { ...env, DATABASE_URL: api.platform.databaseUrl },
    });
    await api.addClient('south', 'south');
    const ward = new WardApi(api, other);
    ward.south = await api.tokenOf('south');
    await ward.admit();
    return ward;
  }

  async close(): Promise<void> {
    for (const reader of this.readers) reader.close();
    await this.other.close();
    await this.api.close();
  }

  id(name: string): string {
    return `${name}-${this.run}`;
  }

  encounter(name: string, patient: string, status: string, start: string, location: string): object {
    return {
      id: this.id(name),
      status,
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject: { reference: `Patient/${this.id(patient)}` },
      period: { start },
      location: [{ location: { reference: `Location/${location}` }, status: 'active' }],
    };
  }

  async put(resourceType: string, resource: object): Promise<void> {
    const answer = await this.api.call('PUT', `/fhir/r4/${resourceType}/${(resource as { id: string }).id}`, {
      resourceType,
      ...resource,
    });
    if (answer.status >= 300) throw new Error(`${resourceType}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async send(patient: string, values: Readonly<Record<string, number>>, at = Date.now()): Promise<void> {
    const samples = Object.entries(values).map(([code, value]) => ({
      patient: this.id(patient),
      code,
      value,
      unit: UNITS[code] ?? '%',
      effectiveAt: new Date(at).toISOString(),
    }));
    const answer = await this.api.call('POST', '/v1/samples', samples);
    if (answer.status !== 202) throw new Error(`samples: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async list(path: string, bearer?: string): Promise<List> {
    const answer = await this.api.call<List & Record<string, unknown>>(
      'GET',
      path,
      undefined,
      bearer === undefined ? {} : { bearer },
    );
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A reader of the stream that has had a heartbeat. */
  async read(on = this.api, lastId?: string, bearer = this.api.token): Promise<EventReader> {
    const reader = await EventReader.open(`${on.server.url}/v1/stream`, bearer, lastId);
    this.readers.push(reader);
    await reader.until(({ event }) => event === 'heartbeat');
    return reader;
  }

  /** Whether an event shows a value of a patient. */
  shows(patient: string, value: number, code = 'heart-rate'): (event: ReadEvent) => boolean {
    return ({ event, data }) =>
      event === 'patient' &&
      data['patient'] === this.id(patient) &&
      (data['vitals'] as Item[]).some((vital) => vital['code'] === code && vital['value'] === value);
  }

  private async admit(): Promise<void> {
    const id = (name: string): string => this.id(name);
    await this.put('Location', { id: id('bed10'), name: 'Bed 10', status: 'active' });
    await this.put('Patient', {
      id: id('ada'),
      name: [
        { use: 'nickname', text: 'Addie' },
        { use: 'official', given: ['Ada', 'Émilie'], family: 'van der Berg' },
      ],
      identifier: [
        { system: 'urn:x', value: 'X-1' },
        { type: { coding: [{ code: 'MR' }] }, system: 'urn:mr', value: 'MRN 4711' },
      ],
    });
    await this.put('Encounter', this.encounter('old', 'ada', 'finished', '2025-01-01T00:00:00Z', id('bed2')));
    await this.put('Encounter', this.encounter('now', 'ada', 'in-progress', '2025-02-01T00:00:00Z', id('bed10')));
    await this.put('Patient', { id: id('bob'), name: [{ text: '<b>Bob</b>\u202E' }] });
    await this.put('Patient', { id: id('gone'), name: [{ text: 'Gone' }] });
    await this.put('Patient', { id: id('twice'), name: [{ text: 'Ada Twice' }] });
    await this.put('Patient', {
      id: id('twice'),
      name: [{ text: 'Ada Twice' }],
      active: false,
      link: [{ other: { reference: `Patient/${id('ada')}` }, type: 'replaced-by' }],
    });
    const gone = await this.api.call('DELETE', `/fhir/r4/Patient/${id('gone')}`);
    if (gone.status >= 300) throw new Error(`gone: ${gone.status}`);
  }
}
