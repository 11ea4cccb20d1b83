import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signIn, watchedPage, type Page } from './support/browser.js';
import { ConsoleUnderTest } from './support/console.js';
import { addAlerts, endAlerts } from './support/many-alerts.js';

const MANY = 10_000;

describe('ten thousand alerts', () => {
  let system: ConsoleUnderTest;
  let page: Page;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    const nora = await system.addPerson('nora', 'nurse');
    await addAlerts(system.databaseUrl, MANY);
    ({ page } = await watchedPage(await system.browser.newContext()));
    await signIn(page, system.url, nora);
  }, 240_000);
  afterAll(() => system?.close(), 30_000);

  // Waited for by locators: the page's Content-Security-Policy lets a test evaluate nothing in a loop.
  const items = () => page.getByRole('list', { name: 'Inbox' }).getByRole('listitem');
  const statuses = () => page.locator('.inbox .status');

  it('are shown a page at a time, with how many there are', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${system.url}/console/alerts`);
    await page.getByText('10000 alerts in total').waitFor();
    await items().first().waitFor();
    expect(await items().count()).toBe(50);
    for (const url of requests) expect(new URL(url).searchParams.get('from')).toBeNull();
  }, 60_000);

  it('begin with the open high one that waits longest, however old', async () => {
    // Number 0 is the oldest: a year.
    expect(await items().first().innerText()).toMatch(/High Glucose low\s+Open\s+Patient many-0\s/);
    expect(await items().first().innerText()).toMatch(/waiting 36\d days/);
  }, 60_000);

  it('go on with Next and back with Previous', async () => {
    const first = await items().first().innerText();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await items()
      .filter({ hasText: /many-0\s/ })
      .first()
      .waitFor({ state: 'detached' });
    expect(await items().count()).toBe(50);
    expect(await items().first().innerText()).not.toBe(first);
    await page.getByRole('button', { name: 'Previous' }).click();
    await items().filter({ hasText: 'Patient many-0' }).first().waitFor();
  }, 60_000);

  it('are filtered by status and severity, with their number', async () => {
    await page.getByLabel('Status').selectOption('snoozed');
    await page.getByLabel('Severity').selectOption('low');
    // One in three is low, one in four of those snoozed.
    await page.getByText('833 alerts in total').waitFor();
    await statuses().filter({ hasNotText: 'Snoozed' }).first().waitFor({ state: 'detached' });
    expect(await items().count()).toBe(50);
    for (const text of await items().allInnerTexts()) expect(text).toMatch(/Low[\s\S]*Snoozed/);
  }, 60_000);

  it('have a list of those that have ended, the newest first, with their number', async () => {
    await page.getByLabel('Severity').selectOption('');
    await page.getByLabel('Status').selectOption('resolved');
    await page.getByText('0 alerts in total').waitFor();
    await endAlerts(system.databaseUrl, 60);
    await page.reload();
    await page.getByText('60 alerts in total').waitFor();
    expect(await page.getByLabel('Status').inputValue()).toBe('resolved');
    expect(await items().count()).toBe(50);
    expect(await items().first().innerText()).toMatch(/Resolved\s+Patient many-59\s/);
    await page.getByRole('button', { name: 'Next' }).click();
    await items().filter({ hasText: 'Patient many-0' }).first().waitFor();
    expect(await items().count()).toBe(10);
    await page.getByLabel('Status').selectOption('open');
    await statuses().filter({ hasText: 'Open' }).first().waitFor();
  }, 60_000);
});
