import { AppProcess, Client, freePort, type Role } from './system.js';

/** The hospital's shape on one machine: every app a process of its own, on Kafka, Postgres and Redis. */
export class Deployment {
  readonly engines: AppProcess[] = [];

  private constructor(
    private readonly env: Readonly<Record<string, string>>,
    readonly api: AppProcess,
    readonly fhir: AppProcess,
    readonly wearable: AppProcess,
    readonly dispatcher: AppProcess,
    readonly client: Client,
  ) {}

  static async start(
    services: { readonly postgres: string; readonly redis: string; readonly kafka: string },
    engines: number,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Deployment> {
    const env = {
      DATABASE_URL: services.postgres,
      REDIS_URL: services.redis,
      KAFKA_BROKERS: services.kafka,
      MQTT_PORT: String(await freePort()),
      ...extra,
    };
    // Starting all at once is safe: whoever is first brings the database up to date.
    const start = (role: Role): Promise<AppProcess> => AppProcess.start(role, env);
    const [api, fhir, wearable, dispatcher, ...rest] = await Promise.all([
      start('twin-api'),
      start('fhir-gateway'),
      start('wearable-gateway'),
      start('alert-dispatcher'),
      ...Array.from({ length: engines }, () => start('twin-engine')),
    ]);
    const client = new Client({ api: api.url, fhir: fhir.url, wearable: wearable.url });
    await client.login();
    const deployment = new Deployment(env, api, fhir, wearable, dispatcher, client);
    deployment.engines.push(...rest);
    return deployment;
  }

  async addEngine(): Promise<AppProcess> {
    const engine = await AppProcess.start('twin-engine', this.env);
    this.engines.push(engine);
    return engine;
  }

  async removeEngine(): Promise<void> {
    await this.engines.pop()?.stop();
  }

  apps(): readonly AppProcess[] {
    return [this.api, this.fhir, this.wearable, this.dispatcher, ...this.engines];
  }

  async stop(): Promise<void> {
    await this.client.close();
    await Promise.all(this.apps().map((app) => app.stop()));
  }
}
