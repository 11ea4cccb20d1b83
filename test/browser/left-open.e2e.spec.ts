import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { seriousFindings } from './support/accessibility.js';
import { Cable } from './support/cable.js';
import { signIn, watchedPage, type BrowserContext, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { applied, recordedEarlier, sendHeartRates } from './support/heart-rates.js';
import { sendSaturation } from './support/saturation.js';

describe('a page that is left open', () => {
  let system: ConsoleUnderTest;
  let cable: Cable;
  let pool: pg.Pool;
  let paula: Person;
  let olga: Person;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start({ SESSION_IDLE_MINUTES: '1' });
    cable = await Cable.to(system.app.port);
    pool = new pg.Pool({ connectionString: system.databaseUrl, max: 1 });
    paula = await system.addPerson('paula', 'physician');
    olga = await system.addPerson('olga', 'operator');
    for (const patient of ['p1', 'leaving']) await sendHeartRates(system.client, patient, `Bell-${patient}`);
    await recordedEarlier(system.databaseUrl, 10);
  }, 180_000);
  afterAll(async () => {
    await pool?.end();
    await system?.close();
    await cable?.close();
  }, 30_000);

  const lost = (page: Page) => page.getByRole('alert').filter({ hasText: /^Connection lost/ });
  async function alsoOpen(context: BrowserContext, path: string): Promise<Page> {
    const { page } = await watchedPage(context);
    await page.goto(cable.url + path);
    return page;
  }

  it('recovers by itself from an hour without a connection: nothing was live meanwhile, each alert is announced once', async () => {
    await sendSaturation(system.client, 'before', 80);
    const context = await system.browser.newContext();
    await context.clock.install();
    const { page, complaints } = await watchedPage(context);
    await signIn(page, cable.url, paula, '/console/patients/p1');
    const [ward, alerts] = [await alsoOpen(context, '/console/'), await alsoOpen(context, '/console/alerts')];
    const tile = ward.getByRole('listitem').filter({ hasText: 'Bell-p1' });
    const total = alerts.locator('p').filter({ hasText: 'in total' });
    await Promise.all([page.getByText('now, live').waitFor(), tile.waitFor(), total.waitFor()]);
    await page.getByRole('img', { name: /^Heart rate, newest 70/ }).waitFor();
    await page.getByRole('link', { name: '1 high alert is open' }).waitFor();
    for (const tab of [page, ward, alerts])
      await tab.evaluate(`
        window.announced = [];
        new MutationObserver((changes) => {
          for (const { addedNodes } of changes) for (const node of addedNodes) window.announced.push(node.textContent);
        }).observe(document.querySelector('[aria-live=assertive]'), { childList: true });`);

    cable.cut();
    await Promise.all([page, ward, alerts].map((tab) => lost(tab).waitFor({ timeout: 5_000 })));
    const at = Date.now();
    await system.client.samples([
      { patient: 'p1', code: 'heart-rate', value: 99, unit: '/min', effectiveAt: new Date(at).toISOString() },
    ]);
    await applied(system.client, 'p1', at);
    await sendSaturation(system.client, 'meanwhile', 80);
    await context.clock.fastForward('01:00:00');
    await Promise.all([page, ward, alerts].map((tab) => tab.getByText('Newest data: 1 hr ago.').waitFor()));
    expect(await page.getByText('now, live').count()).toBe(0);
    await page.getByText('not live: the connection is lost').waitFor();
    expect(await page.getByRole('figure', { name: 'Heart rate' }).innerText()).toMatch(/70 .*old/);
    expect(await tile.innerText()).toMatch(/silent[\s\S]*stale/);
    expect(await tile.innerText()).toContain('old');
    expect(await total.innerText()).toContain('old');

    // By then the server no longer knows where the stream was: it refuses the id, as it does any that is older than an hour.
    await context.route('**/v1/stream', (route) => {
      const headers = route.request().headers();
      return route.continue(
        headers['last-event-id'] === undefined ? {} : { headers: { ...headers, 'last-event-id': 'forgotten' } },
      );
    });
    cable.mend();
    await Promise.all([page, ward, alerts].map((tab) => lost(tab).waitFor({ state: 'detached', timeout: 20_000 })));
    await page.getByText('now, live').waitFor();
    await page.getByRole('img', { name: /^Heart rate, newest 99/ }).waitFor();
    await tile.getByText('99').waitFor();
    await alerts.getByText('2 alerts in total').waitFor();
    for (const mark of ['silent', 'stale', 'old']) expect(await tile.innerText()).not.toContain(mark);
    await page.getByRole('link', { name: '2 high alerts are open' }).waitFor();
    // The lists are asked for every 15 s, whatever the stream says.
    const listed = Promise.all([page, ward, alerts].map((tab) => tab.waitForResponse(/severity=high/)));
    await context.clock.fastForward(16_000);
    await listed;
    for (const tab of [page, ward, alerts]) {
      await lost(tab).waitFor({ state: 'detached' });
      expect(await tab.evaluate<string[]>('window.announced')).toEqual([
        expect.stringMatching(/^New high alert: .*meanwhile/),
      ]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }, 120_000);

  it('says that the connection is lost above an open dialog, too, to everybody', async () => {
    const context = await system.browser.newContext();
    const { page, complaints } = await watchedPage(context);
    await signIn(page, cable.url, paula, '/console/patients/p1');
    await page.getByRole('button', { name: 'Edit' }).first().click();
    await page.getByRole('dialog').getByLabel('Reason').fill('kept');
    cable.cut();
    // By role: what is hidden from screen readers is not found.
    await lost(page).waitFor({ timeout: 5_000 });
    const { x, y, width, height } = (await lost(page).boundingBox())!;
    const isOnTop = `document.elementFromPoint(${x + width / 2}, ${y + height / 2}).closest('.connection') !== null`;
    expect(await page.evaluate<boolean>(isOnTop)).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    cable.mend();
    await lost(page).waitFor({ state: 'detached', timeout: 20_000 });
    expect(await page.getByRole('dialog').getByLabel('Reason').inputValue()).toBe('kept');
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('says that its patient was erased, whatever it shows, and keeps nothing of them', async () => {
    const context = await system.browser.newContext();
    const { page: editing, complaints } = await watchedPage(context);
    await signIn(editing, cable.url, paula, '/console/patients/leaving');
    const past = await alsoOpen(context, '/console/patients/leaving');
    for (const page of [editing, past]) await page.getByRole('img', { name: /^Heart rate, newest 70/ }).waitFor();
    await editing.getByRole('button', { name: 'Edit' }).first().click();
    await editing.getByRole('dialog').getByLabel('Reason').fill('no longer needed');
    await past.getByRole('slider', { name: 'As known at' }).press('ArrowLeft');
    await past.getByText(/^As known at .*, not live/).waitFor();
    await past.locator('.patient-shown[aria-busy=false]').waitFor();

    expect((await system.client.fhir('DELETE', '/Patient/leaving')).status).toBeLessThan(300);
    for (const page of [editing, past]) {
      await page.getByText('There is no such patient, or it was erased.').waitFor({ timeout: 10_000 });
      expect(await page.getByRole('figure').count()).toBe(0);
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await page.locator('main').innerText()).not.toMatch(/Bell|MR-leaving|\/min/);
      await page.getByRole('link', { name: 'To the ward' }).click();
      await page.getByRole('listitem').filter({ hasText: 'Bell-p1' }).waitFor();
      expect(await page.getByText('Bell-leaving').count()).toBe(0);
      await page.goBack();
      await page.getByText('There is no such patient, or it was erased.').waitFor();
    }
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('stays signed in overnight by its stream alone; when the session ends it says so and goes on after a sign-in', async () => {
    const context = await system.browser.newContext();
    const { page, complaints } = await watchedPage(context);
    await signIn(page, cable.url, olga);
    const tile = page.getByRole('listitem').filter({ hasText: 'Bell-p1' });
    await tile.waitFor();
    // A request keeps it in use as well: only what is noted long after the last one is the stream's doing.
    let asked = Date.now();
    page.on('request', () => (asked = Date.now()));
    for (const deadline = asked + 60_000; (await seenAt()) < asked + 5_000; await sleep(500))
      if (Date.now() > deadline) throw new Error('the stream does not keep the session in use');

    // The stream was cut for longer than a session may be idle.
    cable.cut();
    await lost(page).waitFor();
    await pool.query(`UPDATE sessions SET seen_at = seen_at - interval '8 hours' WHERE name = 'olga'`);
    cable.mend();
    const ended = page.getByRole('alertdialog');
    await ended.getByText('Your session has ended').waitFor({ timeout: 20_000 });
    await page.getByText(/^Connection lost/).waitFor();
    expect(await tile.innerText()).toContain('old');
    const [window] = await Promise.all([
      context.waitForEvent('page'),
      ended.getByRole('button', { name: 'Sign in' }).click(),
    ]);
    await window.getByLabel('User name').fill(olga.name);
    await window.getByLabel('Password').fill(olga.password);
    await window.getByRole('button', { name: 'Sign in' }).click();
    await ended.waitFor({ state: 'detached', timeout: 20_000 });
    await lost(page).waitFor({ state: 'detached', timeout: 20_000 });
    expect(await tile.innerText()).not.toContain('old');

    // However much it is used, it ends at last, with the stream open.
    await pool.query(`UPDATE sessions SET expires_at = now() WHERE name = 'olga'`);
    await ended.getByText('Your session has ended').waitFor({ timeout: 20_000 });
    await page.reload();
    await page.getByLabel('User name').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }, 120_000);

  async function seenAt(): Promise<number> {
    const { rows } = await pool.query<{ at: Date }>(`SELECT max(seen_at) AS at FROM sessions WHERE name = 'olga'`);
    return rows[0]!.at.getTime();
  }
});
