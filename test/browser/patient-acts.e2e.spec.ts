import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { liveOnAPump } from '../support/forecasts/person-on-a-pump.js';
import { describedBy, seriousFindings } from './support/accessibility.js';
import { signIn, watchedPage, type BrowserContext, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { recordedEarlier, sendHeartRates } from './support/heart-rates.js';
import { tabTo } from './support/keyboard.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'Europe/Berlin';
/** `2026-11-30 12:05:00` */
const local = (at: number): string => new Date(at).toLocaleString('sv-SE', { timeZone: ZONE });

interface Threshold {
  readonly rule: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly reason: string;
  readonly expiresAt?: string;
}

describe('what a physician does for a patient', () => {
  let system: ConsoleUnderTest;
  let physician: Person;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    physician = await system.addPerson('paul', 'physician');
    await sendHeartRates(system.client, 'p1', 'Bell');
    await recordedEarlier(system.databaseUrl, 10);
    context = await system.browser.newContext({ timezoneId: ZONE });
    ({ page, complaints } = await watchedPage(context));
    await signIn(page, system.url, physician, '/console/patients/p1');
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  const thresholds = () => page.getByRole('table', { name: 'Thresholds' });
  const row = (name: RegExp) => thresholds().getByRole('row', { name });
  const dialog = () => page.getByRole('dialog');
  const setOf = async (): Promise<readonly Threshold[]> =>
    (await system.client.api<{ items: Threshold[] }>('GET', '/v1/twins/p1/thresholds')).body.items;

  it('changes a threshold with a reason and an expiry; a refusal stands next to its field', async () => {
    await row(/Heart rate high.*120/)
      .getByRole('button', { name: 'Edit' })
      .click();
    await dialog().getByLabel('Value').fill('999');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('Say why.').waitFor();
    await dialog().getByLabel('Reason').fill('beta blocker stopped');
    await dialog().getByLabel('Expires').fill('2020-01-01T10:00');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('Not saved').waitFor();
    expect(await describedBy(page, dialog().getByLabel('Value'))).toContain('must be a number from 80 to 220 /min');
    expect(await describedBy(page, dialog().getByLabel('Expires'))).toContain('must be ahead');
    expect(await dialog().getByLabel('Reason').inputValue()).toBe('beta blocker stopped');
    expect(await seriousFindings(page)).toEqual([]);

    await dialog().getByLabel('Value').fill('135');
    await dialog().getByLabel('Expires').fill('2099-01-02T22:00');
    // The browser's own field has the clock of its language; the page says the time by that of all its pages.
    expect(await describedBy(page, dialog().getByLabel('Expires'))).toContain(
      'Expires Fri, 2 Jan 2099, 22:00, your time (Europe/Berlin).',
    );
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    await row(/Heart rate high.*135/).waitFor();
    expect(await row(/Heart rate high.*135/).innerText()).toMatch(
      /patient, set by paul.*2 Jan 2099, 22:00\s.*beta blocker stopped/s,
    );
    expect((await setOf()).map(({ limits, reason, expiresAt }) => [limits, reason, expiresAt])).toEqual([
      [expect.objectContaining({ limit: 135 }), 'beta blocker stopped', '2099-01-02T21:00:00.000Z'],
    ]);
    await page
      .getByRole('list', { name: 'Alerts and acts' })
      .getByText('reason: beta blocker stopped')
      .first()
      .waitFor();
  }, 60_000);

  it('changes one limit of a rule and leaves the others as they are', async () => {
    await row(/Heart rate high.*150/)
      .getByRole('button', { name: 'Edit' })
      .click();
    await dialog().getByLabel('Value').fill('160');
    await dialog().getByLabel('Reason').fill('fever expected');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await row(/Heart rate high.*160/).waitFor();
    expect(await row(/Heart rate high.*160/).innerText()).toMatch(/patient, set by paul.*never.*fever expected/s);
    expect(await row(/Heart rate high.*135/).innerText()).toMatch(/2 Jan 2099, 22:00\s.*beta blocker stopped/s);
    expect((await setOf())[0]).toMatchObject({
      limits: { limit: 135, severeLimit: 160 },
      reason: 'fever expected',
      kept: { limit: { reason: 'beta blocker stopped', expiresAt: '2099-01-02T21:00:00.000Z' } },
    });
  }, 30_000);

  it('shows what somebody else set meanwhile before it is replaced', async () => {
    await row(/Heart rate high.*160/)
      .getByRole('button', { name: 'Edit' })
      .click();
    await dialog().getByLabel('Value').fill('170');
    await dialog().getByLabel('Reason').fill('fever');
    const others = { rule: 'heart-rate-high', limits: { severeLimit: 165 }, reason: 'as agreed' };
    const answer = await system.client.api('PATCH', '/v1/twins/p1/thresholds', { thresholds: [others] });
    expect(answer.status).toBe(202);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog()
      .getByText(/It is 165 \/min now, .*reason: as agreed/)
      .waitFor();
    await dialog()
      .getByText(/^Not saved: .*decide again/)
      .waitFor();
    expect(await dialog().getByLabel('Reason').inputValue()).toBe('fever');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await row(/Heart rate high.*170/).waitFor();
    expect(await row(/Heart rate high.*135/).innerText()).toContain('beta blocker stopped');
  }, 30_000);

  it('goes on with an act after the session ended in the middle of it, and does it once', async () => {
    await row(/Heart rate low/)
      .getByRole('button', { name: 'Edit' })
      .click();
    await dialog().getByLabel('Value').fill('45');
    await dialog().getByLabel('Reason').fill('athlete');
    // What the page asks for by itself waits, so that it is the act that meets the end of the session.
    const acted = Promise.withResolvers<void>();
    await page.route('**/v1/**', async (route) => {
      if (route.request().method() === 'GET') await acted.promise;
      await route.continue();
    });
    await context.clearCookies();
    await dialog().getByRole('button', { name: 'Save' }).click();
    const ended = page.getByRole('alertdialog');
    await ended.getByText('Your session has ended').waitFor();
    acted.resolve();
    const [window] = await Promise.all([
      context.waitForEvent('page'),
      ended.getByRole('button', { name: 'Sign in' }).click(),
    ]);
    await window.getByLabel('User name').fill(physician.name);
    await window.getByLabel('Password').fill(physician.password);
    await window.getByRole('button', { name: 'Sign in' }).click();
    await row(/Heart rate low.*45/).waitFor({ timeout: 20_000 });
    expect(await ended.count()).toBe(0);
    await page.unroute('**/v1/**');
    const { items } = (
      await system.client.api<{ items: { reason?: string }[] }>(
        'GET',
        `/v1/twins/p1/timeline?from=${new Date(Date.now() - HOUR).toISOString()}&to=${new Date(Date.now() + MINUTE).toISOString()}`,
      )
    ).body;
    expect(items.filter(({ reason }) => reason === 'athlete')).toHaveLength(1);
  }, 90_000);

  it.each([5, -5])(
    'goes by the clock of the server where the viewer has one that is %d h wrong',
    async (hours) => {
      const own = await system.browser.newContext({ timezoneId: ZONE, storageState: await context.storageState() });
      await own.clock.install({ time: Date.now() + hours * HOUR });
      const { page: seen } = await watchedPage(own);
      await seen.goto(`${system.url}/console/patients/p1`);
      // All of the hour: asked for from the server's now, at once.
      await seen.getByRole('img', { name: /from 70 to 74 \/min in 6 h$/ }).waitFor({ timeout: 10_000 });
      const slider = seen.getByRole('slider', { name: 'As known at' });
      await slider.focus();
      for (let minute = 0; minute < 5; minute += 1) await slider.press('ArrowLeft');
      const then = await seen.getByText(/^As known at .*, not live$/).getAttribute('datetime');
      expect(Math.abs(Date.parse(then ?? '') + 5 * MINUTE - Date.now())).toBeLessThan(2 * MINUTE);
      await seen.getByRole('button', { name: 'Back to live' }).click();

      const end = Math.floor(Date.now() / MINUTE) * MINUTE + 90 * MINUTE;
      const limit = seen.getByRole('table', { name: 'Thresholds' }).getByRole('row', { name: /Heart rate low/ });
      await limit.getByRole('button', { name: 'Edit' }).click();
      await seen.getByRole('dialog').getByLabel('Reason').fill(`clock ${hours}`);
      await seen.getByRole('dialog').getByLabel('Expires').fill(local(end).replace(' ', 'T').slice(0, 16));
      await seen.getByRole('button', { name: 'Save' }).click();
      await limit.getByText(`clock ${hours}`).waitFor();
      const expires = limit.locator('time');
      expect(await expires.getAttribute('datetime')).toBe(new Date(end).toISOString());
      // Without the day where it is today, by the server's clock.
      const isToday = local(end).slice(0, 10) === local(Date.now()).slice(0, 10);
      expect(/[A-Z][a-z]{2}/.test(await expires.innerText())).toBe(!isToday);
      await own.close();
    },
    60_000,
  );

  it('switches monitoring off with a reason and on again, by keyboard alone', async () => {
    await page.reload();
    await row(/Heart rate low/).waitFor();
    const monitoring = page.getByRole('switch', { name: 'Monitoring' });
    await monitoring.waitFor({ state: 'attached' });
    const reached = async (): Promise<boolean> =>
      page.evaluate<boolean>(`document.activeElement?.getAttribute('role') === 'switch'`);
    for (let presses = 0; !(await reached()); presses += 1) {
      if (presses > 150) throw new Error('the switch was not reached by Tab');
      await page.keyboard.press('Tab');
    }
    for (const [state, reason] of [
      [false, 'in theatre'],
      [true, 'back on the ward'],
    ] as const) {
      await page.keyboard.press('Space');
      await dialog().waitFor();
      await page.keyboard.type(reason);
      await tabTo(page, 'Save');
      await page.keyboard.press('Enter');
      await dialog().waitFor({ state: 'detached' });
      await page.getByText(`reason: ${reason}`).first().waitFor({ timeout: 15_000 });
      expect(await monitoring.isChecked()).toBe(state);
      expect(await reached()).toBe(true);
    }
  }, 60_000);

  it('switches monitoring by a click', async () => {
    const monitoring = page.getByRole('switch', { name: 'Monitoring' });
    await monitoring.click();
    await dialog().getByRole('heading', { name: 'Switch monitoring off' }).waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await monitoring.isChecked()).toBe(true);
  }, 30_000);

  it('asks what if, two arms side by side', async () => {
    await liveOnAPump(system.client, Math.floor(Date.now() / MINUTE) * MINUTE);
    await page.goto(`${system.url}/console/patients/pump`);
    const form = page.getByRole('form', { name: 'What if' });
    await form.getByRole('group', { name: 'Arm 2' }).getByLabel('Amount').fill('-30');
    await form.getByRole('button', { name: 'Ask' }).click();
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.waitFor({ timeout: 30_000 });
    const image = answer.getByRole('img');
    expect(await image.getAttribute('aria-label')).toMatch(
      /^What if, glucose from .*: As recorded ends .*; Changed ends /,
    );
    const reader = answer.getByRole('slider', { name: 'Read values' });
    await reader.focus();
    await page.keyboard.press('End');
    expect(await reader.getAttribute('aria-valuetext')).toMatch(/As recorded .* 95 % .*; Changed .* 95 % /);
    await answer.getByText('Changed against As recorded').waitFor();
    expect(await answer.getByRole('heading', { name: 'Assumptions' }).count()).toBe(1);
    const glucose = page.getByRole('figure', { name: 'Glucose', exact: true });
    await glucose.getByText('80 % and 95 % bands').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  }, 120_000);

  it('has asked what an auditor reads, and does not ask', async () => {
    const auditor = await system.addPerson('otto', 'auditor');
    const other = await system.browser.newContext();
    const { page: read, complaints: theirs } = await watchedPage(other);
    await signIn(read, system.url, auditor, '/console/patients/pump');
    const asked = read.getByRole('table', { name: 'Asked before' }).getByRole('row', { name: /As recorded; Changed/ });
    await asked.getByRole('button', { name: 'Show' }).click();
    await read
      .getByRole('region', { name: 'Answer' })
      .getByText('Changed against As recorded')
      .waitFor({ timeout: 30_000 });
    expect(await read.getByRole('button', { name: 'Ask' }).count()).toBe(0);
    expect(theirs).toEqual([]);
    await other.close();
  }, 60_000);

  it('reads in plain words why a model does not answer', async () => {
    await page.goto(`${system.url}/console/patients/p1`);
    await page.getByRole('form', { name: 'What if' }).getByRole('button', { name: 'Ask' }).click();
    await page.getByText(/^The model does not answer: .+/).waitFor();
    expect(complaints).toEqual([]);
  }, 30_000);
});
