import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleBrowser } from '../support/sign-in/console-browser.js';
import { Client, freePort } from '../support/system.js';

const ENTRY = 'dist/apps/all-in-one/src/demo/main.js';

interface WhatIf {
  readonly arms: readonly { readonly name: string }[];
  readonly differences: readonly { readonly points: readonly { readonly mean: number }[] }[];
}

/** The demo as a newcomer runs it, on free ports and a folder of its own. */
class Demo {
  output = '';
  readonly startedAt = Date.now();

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  static start(env: Readonly<Record<string, string>>): Demo {
    return new Demo(
      spawn(process.execPath, ['--enable-source-maps', ENTRY], {
        env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Waits for a line; answers the ms since the start. */
  async sees(line: RegExp, withinMs: number): Promise<number> {
    const deadline = Date.now() + withinMs;
    while (!line.test(this.output)) {
      if (Date.now() > deadline || this.child.exitCode !== null)
        throw new Error(`the demo did not print ${String(line)} within ${withinMs} ms:\n${this.output}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    return Date.now() - this.startedAt;
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** Ctrl-C. */
  async interrupt(): Promise<{ readonly code: number | null; readonly ms: number }> {
    const from = Date.now();
    this.child.kill('SIGINT');
    return { code: await this.ended(), ms: Date.now() - from };
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.interrupt();
  }
}

describe('the demo', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'homeostat-demo-'));
  const demos: Demo[] = [];
  const start = (env: Readonly<Record<string, string>>): Demo => {
    const demo = Demo.start({ DATA_DIR: dataDir, ...env });
    demos.push(demo);
    return demo;
  };

  afterAll(async () => {
    for (const demo of demos) await demo.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }, 30_000);

  async function patientsAt(url: string): Promise<readonly string[]> {
    const kept = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Record<string, string>;
    const client = new Client(
      { api: url, fhir: url, wearable: url },
      { id: kept['clientId'] ?? '', secret: kept['clientSecret'] ?? '' },
    );
    await client.login();
    const answer = await client.api<{ items: { patient: string }[] }>('GET', '/v1/patients?limit=1000');
    await client.close();
    expect(answer.status).toBe(200);
    return answer.body.items.map((item) => item.patient).sort();
  }

  /** The question that the demo prints, asked as a newcomer pastes it. */
  async function whatIf(output: string): Promise<WhatIf> {
    const line = output.split('\n').find((one) => one.endsWith('/scenarios'))!;
    const [, authorization = '', body = '', to = ''] =
      /-H 'Authorization: ([^']+)'.* -d '([^']+)' (\S+)$/.exec(line) ?? [];
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(to, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    return (await answer.json()) as WhatIf;
  }

  it('alerts, ends on Ctrl-C, and resumes where it stopped', async () => {
    expect(existsSync(ENTRY)).toBe(true);
    const port = await freePort();
    const env = { PORT: String(port), MQTT_PORT: String(await freePort()) };
    const url = `http://127.0.0.1:${port}`;

    const first = start(env);
    const firstReady = await first.sees(new RegExp(`^ready ${url}$`, 'm'), 60_000);
    await first.sees(/curl .*\/v1\/twins\//, 10_000);
    expect(first.output).toContain('Research software, not a cleared medical device.');
    const said = /Console http:\/\/\S+\/console\/ +user (\S+), password (\S+)/.exec(first.output);
    const browser = new ConsoleBrowser(url);
    await browser.signIn(said?.[1] ?? '', said?.[2] ?? '');
    expect((await browser.session()).body).toMatchObject({
      tenant: { id: 'demo' },
      roles: ['nurse', 'physician', 'operator', 'auditor'],
    });
    const firstAlert = await first.sees(/Bed \d+ +(HIGH|MEDIUM|LOW) +raised .*\[\d+ ms\]/, 90_000);
    const patients = await patientsAt(url);
    expect(patients).toHaveLength(12);
    await first.sees(/had been 30 % less/, 60_000);
    await first.sees(/curl .*\/scenarios$/m, 5_000);
    const { arms, differences } = await whatIf(first.output);
    expect(arms.map(({ name }) => name)).toEqual(['as given', '30 % less']);
    // Less insulin, more glucose.
    expect(differences[0]?.points.at(-1)?.mean).toBeGreaterThan(0);
    const firstEnd = await first.interrupt();
    expect(firstEnd.code).toBe(0);

    const second = start(env);
    const secondReady = await second.sees(/^ready /m, 15_000);
    await second.sees(/Ctrl-C ends/, 10_000);
    expect(await patientsAt(url)).toEqual(patients);

    // Somebody else starts it beside: one line, and the one that runs goes on.
    const third = start({ ...env, DATA_DIR: dataDir });
    expect(await third.ended()).toBe(1);
    expect(third.output.trim()).toMatch(
      /^start: port \d+ of 127\.0\.0\.1 is taken; set (PORT|MQTT_PORT) to a free one$/,
    );
    await second.sees(/Bed \d+ +(HIGH|MEDIUM|LOW) +\w+ .*\[\d+ ms\]/, 170_000);
    expect((await second.interrupt()).code).toBe(0);
    process.stdout.write(
      `demo: ready ${firstReady} ms, first alert ${firstAlert} ms, end ${firstEnd.ms} ms, second start ready ${secondReady} ms\n`,
    );
  }, 300_000);

  it('says in one line that the MQTT port is taken', async () => {
    const taken = createServer();
    const mqttPort = await freePort();
    await new Promise<void>((done) => taken.listen(mqttPort, '127.0.0.1', done));
    const demo = start({ PORT: String(await freePort()), MQTT_PORT: String(mqttPort) });
    const code = await demo.ended();
    taken.close();
    expect(code).toBe(1);
    expect(demo.output.trim()).toBe(`start: port ${mqttPort} of 127.0.0.1 is taken; set MQTT_PORT to a free one`);
  }, 60_000);
});
