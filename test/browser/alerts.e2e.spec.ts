import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signIn, watchedPage, type BrowserContext, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { sendSaturation } from './support/saturation.js';

/** What others do is to be seen within this. */
const SOON = { timeout: 2_000 };
const HOUR = 3_600_000;

describe('the page Alerts', () => {
  let system: ConsoleUnderTest;
  let nora: Person;
  let paula: Person;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    nora = await system.addPerson('nora', 'nurse');
    paula = await system.addPerson('paula', 'physician');
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  /** @param hoursWrong of the viewer's clock */
  async function open(
    who: Person,
    hoursWrong = 0,
  ): Promise<{ page: Page; complaints: string[]; context: BrowserContext }> {
    const context = await system.browser.newContext({ timezoneId: 'Europe/Paris' });
    if (hoursWrong !== 0) await context.clock.install({ time: Date.now() + hoursWrong * HOUR });
    const { page, complaints } = await watchedPage(context);
    await signIn(page, system.url, who, '/console/alerts');
    await page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
    return { page, complaints, context };
  }

  const itemOf = (page: Page, patient: string) =>
    page
      .getByRole('list', { name: 'Inbox' })
      .getByRole('listitem')
      .filter({ hasText: `Patient ${patient}` });

  it('has the labels of its filters in one line', async () => {
    const { page, context } = await open(nora);
    await page.getByLabel('Patient').waitFor();
    for (const part of ['label', 'select, input']) {
      const boxes = await page
        .getByRole('search')
        .locator(part)
        .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
      expect([part, boxes.length, Math.max(...boxes) - Math.min(...boxes) <= 1]).toEqual([part, 3, true]);
    }
    await context.close();
  }, 30_000);

  it('says why an alert fired: values, limit and owner, what would clear it, the timeline', async () => {
    await sendSaturation(system.client, 'why', 88);
    const { page, complaints, context } = await open(nora);
    const item = itemOf(page, 'why');
    await item.getByRole('button', { name: 'Explanation' }).click();
    await item.getByRole('heading', { name: 'Why it fired' }).waitFor();
    expect(await item.getByRole('table').first().innerText()).toContain('88 %');
    const text = await item.innerText();
    for (const part of ['Below', 'Default of the rule.', 'What would clear it', 'Raised: Medium, Open'])
      expect(text).toContain(part);
    await item.getByRole('table', { name: 'Timeline' }).waitFor();
    // The list has alerts and nothing else, whatever is open in it.
    const inbox = page.getByRole('list', { name: 'Inbox' });
    expect(await inbox.getByRole('listitem').count()).toBe(await inbox.locator(':scope > li').count());
    expect(await page.getByText('Times are in Europe/Paris').count()).toBe(1);
    const exact = await item.locator('time').first().getAttribute('title');
    expect(exact).toMatch(/GMT\+0[12]:00 \(Europe\/Paris\); 20\d\d-.*Z$/);
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('acknowledges at once, then asks whether it was useful, and keeps the answer', async () => {
    await sendSaturation(system.client, 'ack', 88);
    const { page, context } = await open(nora);
    const item = itemOf(page, 'ack');
    await item.getByRole('button', { name: 'Acknowledge' }).click();
    await item.getByText('Acknowledged by').waitFor(SOON);
    await item.getByRole('button', { name: 'Not useful' }).click();
    await item.getByText('Noted: not useful.').waitFor(SOON);
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const { body } = await system.client.api<{ total: { useful: number; notUseful: number } }>(
      'GET',
      `/v1/alarm-quality?from=${from}&to=${to}&patient=ack`,
    );
    expect(body.total).toMatchObject({ useful: 0, notUseful: 1 });
    await context.close();
  }, 60_000);

  /** When the snooze ends, as soon as the engine has applied it. */
  async function snoozeOf(id: string): Promise<string> {
    for (
      const deadline = Date.now() + 15_000;
      Date.now() < deadline;
      await new Promise((done) => setTimeout(done, 200))
    ) {
      const { body } = await system.client.api<{ snoozedUntil?: string }>('GET', `/v1/alerts/${id}`);
      if (body.snoozedUntil !== undefined) return body.snoozedUntil;
    }
    throw new Error('the alert was not snoozed within 15 s');
  }

  it('snoozes with an end that is shown, and shows the alert as open again when it comes', async () => {
    const id = await sendSaturation(system.client, 'snooze', 88);
    const { page, context } = await open(nora);
    const item = itemOf(page, 'snooze');
    await item.getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('menuitem', { name: '15 min' }).click();
    await item.getByText('Snoozed until').first().waitFor(SOON);
    const until15 = await snoozeOf(id);
    expect(minutesAhead(until15)).toBeGreaterThan(13);
    expect(minutesAhead(until15)).toBeLessThanOrEqual(15);
    const until = new Date(Date.now() + 4_000).toISOString();
    await system.client.api('POST', `/v1/alerts/${id}/snooze`, { until });
    await item.getByText('the snooze has ended').or(item.locator('.status.open')).first().waitFor({ timeout: 15_000 });
    expect(await item.locator('.status').innerText()).toBe('Open');
    await context.close();
  }, 60_000);

  it('resolve says that it counts as a snooze while the condition holds', async () => {
    await sendSaturation(system.client, 'resolve', 88);
    const { page, context } = await open(nora);
    const item = itemOf(page, 'resolve');
    await item.getByRole('button', { name: 'Resolve' }).click();
    await item.getByText('counts as a snooze of 30 min').waitFor(SOON);
    await item.getByText('Snoozed until').first().waitFor(SOON);
    await context.close();
  }, 60_000);

  it('shows within two seconds what another person did', async () => {
    await sendSaturation(system.client, 'two', 88);
    const [hers, others] = await Promise.all([open(nora), open(paula)]);
    const seen = itemOf(others.page, 'two');
    await seen.waitFor();
    await itemOf(hers.page, 'two').getByRole('button', { name: 'Acknowledge' }).click();
    await seen.getByText('Acknowledged by').waitFor(SOON);
    await Promise.all([hers.context.close(), others.context.close()]);
  }, 90_000);

  it('no longer shows the alerts of a patient who is deleted, not even the one that somebody is at', async () => {
    const stored = await system.client.fhir('PUT', '/Patient/leaves', { resourceType: 'Patient', id: 'leaves' });
    expect(stored.status).toBe(201);
    await sendSaturation(system.client, 'leaves', 80);
    const { page, complaints, context } = await open(nora);
    const item = itemOf(page, 'leaves');
    await item.getByRole('button', { name: 'Explanation' }).click();
    await item.getByRole('heading', { name: 'Why it fired' }).waitFor();
    const total = async (): Promise<number> => Number.parseInt(await page.getByText('in total').innerText(), 10);
    const before = await total();
    const title = await page.title();
    expect((await system.client.fhir('DELETE', '/Patient/leaves')).status).toBeLessThan(300);
    await item.waitFor({ state: 'detached', timeout: 5_000 });
    expect(await total()).toBe(before - 1);
    expect(await page.title()).not.toBe(title);
    await page
      .getByRole('button', { name: 'Unmute' })
      .or(page.getByRole('button', { name: 'Mute' }))
      .waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('does nothing on an alert that got worse unseen: it shows what changed and asks again', async () => {
    const id = await sendSaturation(system.client, 'worse', 88, 30);
    const { page, context } = await open(paula);
    const item = itemOf(page, 'worse');
    await item.waitFor();
    // From here on nothing new arrives in this page.
    await context.route('**/v1/stream**', (route) => route.abort());
    await context.route('**/v1/alerts**', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await context.setOffline(true);
    await sendSaturation(system.client, 'worse', 80);
    await context.setOffline(false);
    await item.getByRole('button', { name: 'Acknowledge' }).click();
    await item.getByText('This alert has changed since you saw it.').waitFor(SOON);
    expect(await item.innerText()).toContain('Severity: Medium, now High');
    const before = await system.client.api<{ status: string }>('GET', `/v1/alerts/${id}`);
    expect(before.body.status).toBe('open');
    await context.unroute('**/v1/alerts**');
    await item.getByRole('button', { name: 'Acknowledge all the same' }).click();
    await item.getByRole('group', { name: 'Was it useful?' }).waitFor(SOON);
    await context.close();
  }, 60_000);

  it.each([5, -5])(
    'counts by the clock of the server where the viewer has one that is %d h wrong',
    async (hours) => {
      const id = await sendSaturation(system.client, `clock${hours}`, 88);
      const { page, context } = await open(nora, hours);
      expect(Math.abs((await page.evaluate<number>('Date.now()')) - Date.now())).toBeGreaterThan(4 * HOUR);
      const item = itemOf(page, `clock${hours}`);
      // At once, and not when the first heartbeat comes; `1 sec` of somebody who waits for seconds.
      expect(await item.innerText()).toMatch(/waiting \d+ sec/);
      await item.getByText(/waiting [1-9]\d* sec/).waitFor();
      await item.getByRole('button', { name: 'Snooze' }).click();
      await page.getByRole('menuitem', { name: '15 min' }).click();
      await item.getByText('Snoozed until').first().waitFor(SOON);
      const until = await snoozeOf(id);
      expect(minutesAhead(until)).toBeGreaterThan(13);
      expect(minutesAhead(until)).toBeLessThanOrEqual(15.1);
      expect(await item.getByText('Snoozed until').first().locator('time').getAttribute('datetime')).toBe(until);
      await page.getByRole('button', { name: 'Mute', exact: true }).click();
      const muted = page.getByText('Muted until').locator('time');
      const end = (await muted.getAttribute('datetime')) ?? '';
      expect(minutesAhead(end)).toBeGreaterThan(4);
      expect(minutesAhead(end)).toBeLessThanOrEqual(5.1);
      expect(await muted.innerText()).toMatch(/^\d\d:\d\d/);
      await context.close();
    },
    60_000,
  );
});

function minutesAhead(at: string): number {
  return (Date.parse(at) - Date.now()) / 60_000;
}
