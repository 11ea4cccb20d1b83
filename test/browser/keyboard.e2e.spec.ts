import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordUntil } from '../../apps/twin-api/src/simulation/pump-record.fixture.js';
import { watchedPage, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { applied, recordedEarlier, sendHeartRates } from './support/heart-rates.js';
import { focused, tabTo } from './support/keyboard.js';
import { sendSaturation } from './support/saturation.js';

const UNITS = {
  glucose: 'mg/dL',
  'insulin-bolus': '[IU]',
  'insulin-basal-rate': '[IU]/h',
  'carbohydrate-intake': 'g',
  'exercise-intensity': '%',
} as const;

/** One shift of a physician who has no pointer: each stop of the focus is looked at, see `tabTo`. */
describe('a person with a keyboard only', () => {
  let system: ConsoleUnderTest;
  let paula: Person;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    paula = await system.addPerson('paula', 'physician');
    await sendSaturation(system.client, 'well', 88);
    await sendHeartRates(system.client, 'well', 'Quill');
    await sendSaturation(system.client, 'sick', 80);
    await sendHeartRates(system.client, 'sick', 'Marsh');
    await liveOnInsulin('sick');
    await recordedEarlier(system.databaseUrl, 10);
    ({ page, complaints } = await watchedPage(
      await system.browser.newContext({ timezoneId: 'Europe/Berlin', locale: 'en-GB' }),
    ));
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  /** A day of glucose, insulin and meals, so that there is an answer to what if. */
  async function liveOnInsulin(patient: string): Promise<void> {
    const newest = Math.floor(Date.now() / 60_000) * 60_000;
    const samples = recordUntil(newest, 1).map(({ code, t, x }) => ({
      patient,
      code,
      value: x,
      unit: UNITS[code as keyof typeof UNITS],
      effectiveAt: new Date(t).toISOString(),
    }));
    expect((await system.client.samples(samples)).status).toBe(202);
    await applied(system.client, patient, newest, 'glucose');
  }

  const press = (...keys: readonly string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const valueText = (): Promise<string | null> => page.locator(':focus').getAttribute('aria-valuetext');
  /** The list item or row that the focus is in, also after it has left. */
  async function around(selector: string): Promise<ReturnType<Page['locator']>> {
    const name = await page.evaluate<string>(
      `document.activeElement.closest('${selector}').getAttribute('aria-labelledby')`,
    );
    return page.locator(`${selector}[aria-labelledby="${name}"]`);
  }

  it('signs in', async () => {
    await page.goto(`${system.url}/console/`);
    await page.getByLabel('User name').waitFor();
    expect(await focused(page)).toBe('User name');
    await page.keyboard.type(paula.name);
    await tabTo(page, 'Password', { most: 1 });
    await page.keyboard.type(paula.password);
    await tabTo(page, 'Sign in', { most: 1 });
    await press('Enter');
    await page.getByRole('heading', { name: 'Ward', level: 1 }).waitFor();
  }, 60_000);

  it('skips to the page and opens the sickest patient of the ward', async () => {
    await page.getByRole('listitem').filter({ hasText: 'Marsh' }).getByText('high').waitFor();
    await tabTo(page, 'Skip to the page', { most: 1 });
    await press('Enter');
    await tabTo(page, 'Find a patient', { most: 1 });
    await tabTo(page, 'By need', { most: 3 });
    await press('ArrowRight');
    expect(await focused(page)).toBe('By bed');
    await press('ArrowLeft');
    await tabTo(page, 'Low', { most: 3 });
    // The next stop is the first of the list.
    await tabTo(page, 'Ada Marsh', { most: 1 });
    await press('Enter');
    await page.getByRole('heading', { name: 'Ada Marsh', level: 1 }).waitFor();
  }, 60_000);

  it('goes back to what was known, finds the way past the bar that says so, and comes back', async () => {
    await page.getByRole('img', { name: /^Heart rate, newest 70/ }).waitFor();
    await tabTo(page, 'As known at');
    await press('ArrowLeft', 'ArrowLeft', 'ArrowLeft');
    await page.getByText(`As known at ${await valueText()}, not live`).waitFor();
    await page.getByRole('img', { name: /^Heart rate, newest 70/ }).waitFor();
    await tabTo(page, 'Ask');
    await tabTo(page, 'Back to live', { key: 'Shift+Tab' });
    await press('Enter');
    await page.getByText('now, live').waitFor();
  }, 60_000);

  it('reads the values of a chart', async () => {
    await page.getByRole('figure', { name: 'Heart rate' }).waitFor();
    await tabTo(page, '1 h');
    await press('Space');
    await page.getByRole('img', { name: /^Heart rate, .* in 1 h$/ }).waitFor();
    do await tabTo(page, 'Read values');
    while ((await page.locator(':focus').getAttribute('title')) !== 'Read values: Heart rate');
    expect(await valueText()).toMatch(/^70 \/min, .*, good$/);
    await press('ArrowLeft');
    expect(await valueText()).toMatch(/^71 \/min, .*, good$/);
    await press('Home');
    expect(await valueText()).toMatch(/ \/min, /);
    await tabTo(page, 'Show as table', { most: 1 });
    await press('Space');
    await page
      .getByRole('table', { name: /Heart rate/ })
      .first()
      .waitFor();
  }, 60_000);

  it('changes a limit with a reason and an expiry', async () => {
    const row = page.getByRole('table', { name: 'Thresholds' }).getByRole('row', { name: /Heart rate high.*135/ });
    do await tabTo(page, 'Edit');
    while (
      !(await page.evaluate<string>(`document.activeElement.closest('tr').textContent`)).startsWith('Heart rate high')
    );
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await focused(page)).toBe('Value');
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Edit');
    await press('Enter', 'Control+A');
    await page.keyboard.type('135');
    await tabTo(page, 'Reason', { most: 1 });
    await page.keyboard.type('beta blocker stopped');
    await tabTo(page, 'Expires', { most: 1 });
    // Day and month, or month and day: either is the second of February.
    await page.keyboard.type('02022099');
    await press('ArrowRight');
    await page.keyboard.type('1010A');
    expect(await page.getByLabel('Expires').inputValue()).toBe('2099-02-02T10:10');
    await tabTo(page, 'Save', { most: 8 });
    await press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/2 Feb 2099.*10:10.*beta blocker stopped/s);
    expect(await focused(page)).toBe('Edit');
  }, 60_000);

  it('asks what if and reads the answer', async () => {
    await tabTo(page, 'Ask');
    await press('Enter');
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.waitFor({ timeout: 30_000 });
    await tabTo(page, 'Read values');
    await press('End');
    expect(await valueText()).toMatch(/As recorded .* 95 % .*; Changed .* 95 % /);
  }, 60_000);

  it('goes to the alerts, opens an explanation, acknowledges as useful, snoozes another', async () => {
    await tabTo(page, 'Alerts', { most: 300 });
    await press('Enter');
    await page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
    await page.getByRole('list', { name: 'Inbox' }).waitFor();
    await tabTo(page, 'Explanation');
    await press('Enter');
    const first = await around('li');
    await first.getByRole('heading', { name: 'Why it fired' }).waitFor();
    await tabTo(page, 'Acknowledge', { key: 'Shift+Tab', most: 3 });
    await press('Enter');
    await first.getByText('Acknowledged by').waitFor();
    await tabTo(page, 'Useful', { most: 10 });
    await press('Space');
    await first.getByText('Noted: useful.').waitFor();
    do await tabTo(page, 'Snooze');
    while ((await first.locator(':focus').count()) > 0);
    const other = await around('li');
    await press('Enter');
    await page.getByRole('menuitem', { name: '15 min' }).waitFor();
    await press('Escape');
    await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Snooze');
    await press('Enter');
    await page.getByRole('menuitem', { name: '15 min' }).waitFor();
    await press('ArrowDown');
    expect(await focused(page)).toBe('30 min');
    await press('Enter');
    await other.getByText('Snoozed until').first().waitFor();
  }, 60_000);

  it('is caught nowhere, either way, and signs out', async () => {
    await tabTo(page, 'Skip to the page');
    await tabTo(page, 'Sign out', { key: 'Shift+Tab' });
    await press('Enter');
    await page.getByLabel('User name').waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);
});
