import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { freePort, type Client } from './system.js';

/** A client of the APIs, and what it does for a patient's day. */
export class RecordedDay {
  constructor(
    private readonly client: Client,
    /** End of the day, ms. */
    private readonly now: number,
  ) {}

  at(secondsAgo: number): string {
    return new Date(this.now - secondsAgo * 1000).toISOString();
  }

  async items(path: string): Promise<readonly Record<string, unknown>[]> {
    return (await this.client.api<{ items: Record<string, unknown>[] }>('GET', path)).body.items;
  }

  /** Resources, limits, a webhook, samples good and bad, alerts, acts: as much as a patient's day can bring about. */
  async record(): Promise<void> {
    const at = (secondsAgo: number): string => this.at(secondsAgo);
    const fhir = async (path: string, resource: object): Promise<void> => {
      const { status } = await this.client.fhir('PUT', path, resource);
      if (status >= 300) throw new Error(`PUT ${path}: ${status}`);
    };
    await fhir('/Patient/p', { resourceType: 'Patient', id: 'p', birthDate: '1961-04-02', gender: 'female' });
    await fhir('/Device/d', { resourceType: 'Device', id: 'd', patient: { reference: 'Patient/p' } });
    await fhir('/Condition/c', {
      resourceType: 'Condition',
      id: 'c',
      subject: { reference: 'Patient/p' },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes' }] },
      onsetDateTime: '2020-01-02',
    });
    await this.act('PUT', '/v1/thresholds', {
      thresholds: [{ rule: 'heart-rate-low', limits: { limit: 38 }, reason: 'ward' }],
    });
    await this.act('PUT', '/v1/twins/p/thresholds', {
      thresholds: [
        {
          rule: 'heart-rate-high',
          limits: { limit: 125 },
          reason: 'athlete',
          expiresAt: new Date(this.now + 3_600_000).toISOString(),
        },
      ],
    });
    await this.act('POST', '/v1/webhooks', {
      url: `http://127.0.0.1:${await freePort()}/`,
      filter: { severity: ['high', 'medium', 'low'] },
    });
    const glucose = [150, 130, 110, 92, 76, 64, 57, 50, 46].map((value, n) => ({
      device: 'd',
      code: 'glucose',
      value: n === 1 ? 7.2 : value,
      unit: n === 1 ? 'mmol/L' : 'mg/dL',
      effectiveAt: at((9 - n) * 300),
      id: `g${n}`,
    }));
    const vitals = Array.from({ length: 40 }, (_, n) => [
      { patient: 'p', code: 'heart-rate', value: n < 20 ? 80 : 168, unit: '/min', effectiveAt: at(600 - n * 10) },
      {
        patient: 'p',
        code: 'oxygen-saturation',
        value: n < 30 ? 96 : 82,
        unit: '%',
        effectiveAt: at(600 - n * 10),
        quality: { perfusionIndex: n === 5 ? 0.1 : 2 },
      },
      { patient: 'p', code: 'respiratory-rate', value: 16, unit: '/min', effectiveAt: at(600 - n * 10) },
    ]).flat();
    const ecg = {
      patient: 'p',
      code: 'ecg',
      unit: 'mV',
      values: Array.from({ length: 500 }, (_, n) => Math.round(1000 * Math.sin(n / 40)) / 1000),
      periodMs: 4,
      channel: 'II',
      effectiveAt: at(400),
    };
    const rr = {
      patient: 'p',
      code: 'rr-interval',
      unit: 'ms',
      values: Array.from({ length: 200 }, (_, n) => 800 + (n % 7) * 10),
      effectiveAt: at(900),
    };
    const bad = [{ patient: 'p', code: 'heart-rate', value: 70, effectiveAt: at(10) }, { patient: 'p' }, 7];
    for (const sample of [...glucose, ...vitals]) await this.send([sample]);
    await this.send([ecg, rr, ...bad, { ...glucose[3], value: 93 }, { ...glucose[2], value: 'x' }]);
    await until(async () => (await this.items('/v1/alerts')).length > 1, 20_000);
    const [alert] = await this.items('/v1/alerts');
    await this.act('POST', `/v1/alerts/${String(alert?.['id'])}/acknowledge`, {
      onBehalfOf: 'Practitioner/x',
      useful: true,
    });
    await until(async () => (await this.items('/v1/suppressions')).length > 0, 20_000);
    await this.act('PUT', '/v1/twins/p/monitoring', {
      state: 'off',
      reason: 'surgery',
      rules: ['heart-rate-high'],
      until: new Date(this.now + 3_600_000).toISOString(),
    });
    await sleep(1_500);
  }

  private async act(method: string, path: string, body: object): Promise<void> {
    const answer = await this.client.api<unknown>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private async send(samples: readonly unknown[]): Promise<void> {
    const { status } = await this.client.api('POST', '/v1/samples', samples);
    if (status !== 202) throw new Error(`samples: ${status}`);
  }
}
