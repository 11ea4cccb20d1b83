import type { Pool } from 'pg';
import { createPool } from '#libs/platform/storage';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { addUser } from '../../support/sign-in/console-browser.js';
import { AppProcess, Client, TENANT } from '../../support/system.js';
import { openBrowser, type Browser } from './browser.js';

export interface Person {
  readonly name: string;
  readonly password: string;
}

/** The product in one process on a database of its own, as a user starts it, and a browser. */
export class ConsoleUnderTest {
  private constructor(
    readonly app: AppProcess,
    /** Administrator of the tenant, for what a test needs to be there. */
    readonly client: Client,
    readonly browser: Browser,
    private readonly database: TestDatabase,
    private readonly pool: Pool,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<ConsoleUnderTest> {
    const database = await createTestDatabase();
    const [app, browser] = await Promise.all([
      AppProcess.start('all-in-one', { DATABASE_URL: database.url, MQTT_PORT: '0', ...env }),
      openBrowser(),
    ]);
    const client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    await client.login();
    return new ConsoleUnderTest(app, client, browser, database, createPool(database.url, { max: 2 }));
  }

  get url(): string {
    return this.app.url;
  }

  /** For what no user can do, such as moving the time at which something was recorded. */
  get databaseUrl(): string {
    return this.database.url;
  }

  /** A person's account, made while the server runs. */
  async addPerson(name: string, roles: string, password = `${name}-password-1`, tenant = TENANT): Promise<Person> {
    await addUser(this.pool, { name, password, roles: roles.split(','), tenant });
    return { name, password };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.client.close();
    await this.app.stop();
    await this.pool.end();
    await this.database.drop();
  }
}
