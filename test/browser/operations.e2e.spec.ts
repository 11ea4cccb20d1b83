import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '#libs/platform/storage';
import { until } from '#libs/testing';
import { seriousFindings } from './support/accessibility.js';
import { signIn, SMALL_PHONE, watchedPage, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';

/** An endpoint that counts what it takes by `webhook-id`. */
class Endpoint {
  readonly ids: string[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Endpoint> {
    const server = createServer();
    const endpoint = new Endpoint(server);
    server.on('request', (request: IncomingMessage, response) => {
      endpoint.ids.push(String(request.headers['webhook-id']));
      request.resume().on('end', () => response.writeHead(200).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the page Operations', () => {
  let system: ConsoleUnderTest;
  let endpoint: Endpoint;
  let operator: Person;
  let webhook: string;

  beforeAll(async () => {
    endpoint = await Endpoint.start();
    system = await ConsoleUnderTest.start({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
    operator = await system.addPerson('olga', 'operator');
    const made = await system.client.api<{ id: string }>('POST', '/v1/webhooks', {
      url: endpoint.url,
      description: 'ward board',
    });
    webhook = made.body.id;
    await system.client.api('POST', `/v1/webhooks/${webhook}/test`, {});
    await system.client.api('POST', '/v1/samples', [{ patient: 'nobody', code: 'charisma', value: 1, unit: '1' }]);
    await store();
    await until(() => endpoint.ids.length === 1, 20_000);
  }, 180_000);
  afterAll(async () => {
    await system?.close();
    await endpoint?.stop();
  }, 30_000);

  /** What no request brings about: a dead letter, whose record the engine knows already. */
  async function store(): Promise<void> {
    const pool = createPool(system.databaseUrl);
    try {
      await pool.query(
        `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at)
         SELECT key, gen_random_uuid(), 'twin-engine', 'homeostat.patient-input.v1', 0, 7, key || '/p', '{"v":1,"kind":"tick"}', 'made by the test', now()
         FROM tenants LIMIT 1`,
      );
    } finally {
      await pool.end();
    }
  }

  async function opened(): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
    const context = await system.browser.newContext();
    const { page, complaints } = await watchedPage(context);
    await signIn(page, system.url, operator, '/console/operations');
    await page.goto(`${system.url}/console/operations`);
    await page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
    await page.getByRole('table', { name: 'Deliveries to ward board' }).waitFor();
    return { page, complaints, close: () => context.close() };
  }

  it('shows what flows, what was refused or waits, and who is there', async () => {
    const { page, complaints, close } = await opened();
    const rows = (name: string) => page.getByRole('table', { name }).getByRole('row');
    const stages = await rows('Rates and lag').allInnerTexts();
    expect(stages.join('\n')).toMatch(/Samples received[^\n]*per second/);
    expect(stages.join('\n')).toMatch(/Records applied to twins[^\n]*keeps up/);
    expect((await rows('Rejections').allInnerTexts()).join('\n')).toContain('unknown-code');
    expect((await rows('Dead letters').allInnerTexts()).join('\n')).toContain('made by the test');
    expect((await rows('Webhooks').allInnerTexts()).join('\n')).toContain(endpoint.url);
    expect(await rows('Clients').count()).toBeGreaterThan(1);
    await page.getByRole('heading', { name: 'Silent sources' }).waitFor();
    // What was sent is nobody's business here.
    expect(await page.getByText('charisma').count()).toBe(0);
    // With all of it there; every size, light and dark, is in every-page.e2e.spec.ts.
    await page.setViewportSize(SMALL_PHONE.viewport!);
    expect(await seriousFindings(page)).toEqual([]);
    // What is wider scrolls in its own region.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  }, 60_000);

  it('replays a delivery under its id, and a dead letter, by keyboard alone', async () => {
    const { page, close } = await opened();
    const press = async (table: string): Promise<void> => {
      const button = page
        .getByRole('table', { name: table })
        .getByRole('button', { name: 'Replay', exact: true })
        .first();
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('table', { name: table }).getByText('Sent again.').waitFor();
    };
    await press('Deliveries to ward board');
    await until(() => endpoint.ids.length === 2, 20_000);
    expect(new Set(endpoint.ids).size).toBe(1);
    await press('Dead letters');
    await until(async () => {
      const { body } = await system.client.api<{ items: { replayedAt?: string }[] }>('GET', '/v1/dead-letters');
      return body.items.some(({ replayedAt }) => replayedAt !== undefined);
    }, 20_000);
    await close();
  }, 60_000);

  it('renews its figures while one looks', async () => {
    const { page, close } = await opened();
    const rejected = page.getByRole('row', { name: /Samples and resources rejected/ });
    const before = await rejected.innerText();
    await system.client.api('POST', '/v1/samples', [{ patient: 'nobody', code: 'charm', value: 1, unit: '1' }]);
    await until(async () => (await rejected.innerText()) !== before, 20_000);
    await close();
  }, 60_000);

  it('says what the API refused, beside what was asked', async () => {
    const { page, close } = await opened();
    await system.client.api('PATCH', `/v1/webhooks/${webhook}`, { status: 'disabled' });
    const table = page.getByRole('table', { name: 'Deliveries to ward board' });
    await table.getByRole('button', { name: 'Replay', exact: true }).first().click();
    await table
      .getByRole('alert')
      .getByText(/the webhook is disabled.*set its status to active/)
      .waitFor();
    await system.client.api('PATCH', `/v1/webhooks/${webhook}`, { status: 'active' });
    await close();
  }, 60_000);

  it('is not shown to a nurse, and offers an auditor nothing to do', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await signIn(page, system.url, await system.addPerson('nils', 'nurse'));
    expect(await page.getByRole('link', { name: 'Operations' }).count()).toBe(0);
    await page.goto(`${system.url}/console/operations`);
    await page.getByText('Your role does not open this page').waitFor();
    expect(await page.getByRole('heading', { name: 'Operations' }).count()).toBe(0);
    await context.close();
    const audit = await system.browser.newContext();
    const auditor = (await watchedPage(audit)).page;
    await signIn(auditor, system.url, await system.addPerson('ada', 'auditor'));
    await auditor.goto(`${system.url}/console/operations`);
    await auditor.getByRole('table', { name: 'Dead letters' }).waitFor();
    expect(await auditor.getByRole('button', { name: 'Replay' }).count()).toBe(0);
    await audit.close();
  }, 180_000);
});
