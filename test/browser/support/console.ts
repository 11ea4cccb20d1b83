import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
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
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<ConsoleUnderTest> {
    const database = await createTestDatabase();
    const all = { DATABASE_URL: database.url, MQTT_PORT: '0', ...env };
    const app = await AppProcess.start('all-in-one', all);
    const client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
    await client.login();
    return new ConsoleUnderTest(app, client, await openBrowser(), database, all);
  }

  get url(): string {
    return this.app.url;
  }

  /** For what no user can do, such as moving the time at which something was recorded. */
  get databaseUrl(): string {
    return this.database.url;
  }

  /** A person's account, made as an operator makes it: `npm run user -- add`, while the server runs. */
  async addPerson(name: string, roles: string, password = `${name}-password-1`, tenant = TENANT): Promise<Person> {
    const child = spawn('npm', ['run', '-s', 'user', '--', 'add', name, '--roles', roles, '--tenant', tenant], {
      env: { ...process.env, ...this.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stdin.end(`${password}\n`);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`npm run user ended with ${code}:\n${output.join('')}`);
    return { name, password };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.client.close();
    await this.app.stop();
    await this.database.drop();
  }
}
