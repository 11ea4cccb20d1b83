import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { signIn } from '../../test/browser/support/browser.js';
import { startOwnServices } from '../../test/support/services.js';
import { AppProcess, Client, TENANT } from '../../test/support/system.js';
import { openChromium } from '../../tools/services/index.js';
import type { SignedInState } from './first-views.js';

/** The product in one process on a Postgres of its own, as a user starts it, and a browser. */
export interface ConsoleSystem {
  readonly url: string;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly token: string;
  readonly browser: Browser;
  /** Roots of the server's processes: the app and its Postgres. */
  readonly pids: readonly number[];
  /** Signs a nurse in. */
  signIn(): Promise<SignedInState>;
  stop(): Promise<void>;
}

/** @param profile a folder: a CPU profile of the server is written there when it stops */
export async function startConsoleSystem(profile?: string): Promise<ConsoleSystem> {
  const services = await startOwnServices(['postgres']);
  const databaseUrl = services.postgres.url;
  const app = await AppProcess.start('all-in-one', {
    DATABASE_URL: databaseUrl,
    MQTT_PORT: '0',
    ...(profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
  });
  const client = new Client({ api: app.url, fhir: app.url, wearable: app.url });
  const token = await client.login();
  const browser = await openChromium(process.env['CHROMIUM']);
  return {
    url: app.url,
    databaseUrl,
    client,
    token,
    browser,
    pids: [app.pid ?? 0, services.postgres.pid],
    signIn: async () => {
      const nurse = { name: 'nora', password: 'nora-password-1' };
      execFileSync(
        process.execPath,
        ['dist/apps/twin-api/src/users/main.js', 'add', nurse.name, '--roles', 'nurse', '--tenant', TENANT],
        { env: { ...process.env, DATABASE_URL: databaseUrl }, input: `${nurse.password}\n` },
      );
      const context = await browser.newContext();
      await signIn(await context.newPage(), app.url, nurse);
      const state = await context.storageState();
      await context.close();
      return state;
    },
    stop: async () => {
      await browser.close();
      await client.close();
      await app.stop();
      await services.stop();
    },
  };
}
