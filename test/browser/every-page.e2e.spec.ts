import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seriousFindings } from './support/accessibility.js';
import {
  signIn,
  SMALL_PHONE,
  WALL_SCREEN,
  watchedPage,
  ZOOMED,
  type BrowserContextOptions,
  type Page,
} from './support/browser.js';
import { ConsoleUnderTest } from './support/console.js';
import { sendHeartRates } from './support/heart-rates.js';
import { LONG_NUMBER, ODD_NAME, oddPerson } from './support/odd-person.js';
import { sendSaturation } from './support/saturation.js';

interface EveryPage {
  readonly heading: string;
  readonly path: string;
  /** Brings what it can show onto it. */
  readonly show: (page: Page) => Promise<unknown>;
}

const button = (page: Page, name: string) => page.getByRole('button', { name }).first();

const PAGES: readonly EveryPage[] = [
  {
    heading: 'Ward',
    path: '/console/',
    show: (page) => page.getByRole('list', { name: 'Patients' }).getByText('high').first().waitFor(),
  },
  {
    heading: 'Ada Bell',
    path: '/console/patients/p1',
    show: async (page) => {
      await page.getByRole('img', { name: /^Heart rate, .* in 6 h$/ }).waitFor();
      await button(page, 'Show as table').click();
      await page.getByRole('button', { name: 'Edit' }).first().waitFor();
      await page.getByRole('switch', { name: 'Monitoring' }).waitFor({ state: 'attached' });
    },
  },
  {
    heading: 'Alerts',
    path: '/console/alerts',
    show: async (page) => {
      await button(page, 'Explanation').click();
      await page.getByRole('heading', { name: 'Why it fired' }).waitFor();
    },
  },
  {
    heading: 'Alarm quality',
    path: '/console/alarm-quality',
    show: (page) => button(page, 'Show as table').click(),
  },
  {
    heading: 'Forecasts',
    path: '/console/forecasts',
    show: (page) =>
      page.getByRole('button', { name: 'Show as table' }).or(page.getByText('The ledger has no')).first().waitFor(),
  },
  {
    heading: 'Operations',
    path: '/console/operations',
    show: async (page) => {
      await page.getByRole('table', { name: 'Clients' }).waitFor();
      await page.getByRole('table', { name: 'Rejections' }).getByText('unknown-code').waitFor();
    },
  },
];
const SIZES: readonly (readonly [string, BrowserContextOptions])[] = [
  ['a small phone', SMALL_PHONE],
  ['a wall screen', WALL_SCREEN],
  ['200 % zoom', ZOOMED],
];

describe('every page', () => {
  let system: ConsoleUnderTest;
  /** Everybody's pages, signed in. */
  let cookies: NonNullable<BrowserContextOptions['storageState']>;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    const all = await system.addPerson('paula', 'physician,operator');
    await sendSaturation(system.client, 'p1', 80);
    await sendHeartRates(system.client, 'p1', 'Bell');
    const alert = await sendSaturation(system.client, 'odd', 88);
    // A list of alerts and acts that is longer than its place.
    for (let minutes = 20; minutes < 28; minutes += 1)
      await system.client.api('POST', `/v1/alerts/${alert}/snooze`, {
        until: new Date(Date.now() + minutes * 60_000).toISOString(),
      });
    await system.client.fhir('PUT', '/Patient/odd', oddPerson('odd'));
    await system.client.samples([{ patient: 'nobody', code: 'charisma', value: 1, unit: '1' }]);
    const context = await system.browser.newContext();
    await signIn(await context.newPage(), system.url, all);
    cookies = await context.storageState();
    await context.close();
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  it.each(SIZES)(
    'has no serious finding of accessibility on %s, light and dark, and nothing beside the window',
    async (_, size) => {
      const context = await system.browser.newContext({ ...size, storageState: cookies });
      const { page, complaints } = await watchedPage(context);
      for (const { heading, path, show } of PAGES) {
        await page.goto(system.url + path);
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        await show(page);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          expect([heading, colorScheme, await seriousFindings(page)]).toEqual([heading, colorScheme, []]);
        }
        const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([heading, Math.max(0, width)]).toEqual([heading, 0]);
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
    180_000,
  );

  it('shows a name with markup and a number of 200 characters as they are, within a small phone', async () => {
    const context = await system.browser.newContext({ ...SMALL_PHONE, storageState: cookies });
    const { page, complaints } = await watchedPage(context);
    const isWithin = async (): Promise<boolean> =>
      page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
    await page.goto(`${system.url}/console/patients/odd`);
    await page.getByRole('heading', { level: 1, name: '<img src=x' }).waitFor();
    expect(await page.locator('h1 bdi').innerText()).toBe(ODD_NAME);
    expect(await page.locator('header bdi').allInnerTexts()).toContain(LONG_NUMBER);
    await page.getByRole('figure', { name: 'Oxygen saturation' }).waitFor();
    expect(await isWithin()).toBe(true);
    await page.getByRole('list', { name: 'Alerts and acts' }).getByRole('listitem').nth(7).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.getByRole('region', { name: 'Thresholds' }).count()).toBe(1);

    await page.goto(`${system.url}/console/alerts`);
    const item = page.getByRole('list', { name: 'Inbox' }).getByRole('listitem').filter({ hasText: '<img src=x' });
    await item.waitFor();
    expect(await item.getByRole('link').innerText()).toBe(ODD_NAME);
    expect(await item.locator('bdi').allInnerTexts()).toEqual([ODD_NAME, LONG_NUMBER]);
    expect(await isWithin()).toBe(true);
    await page.getByLabel('Patient').fill(LONG_NUMBER);
    const option = page.getByRole('option', { name: '<img src=x' });
    await option.waitFor();
    expect(await isWithin()).toBe(true);
    const box = await option.boundingBox();
    expect(box!.x + box!.width).toBeLessThanOrEqual(360);
    await option.click();
    await page.getByText('1 alert in total').waitFor();
    await page.getByRole('button', { name: 'All patients' }).waitFor();
    expect(await isWithin()).toBe(true);

    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toMatch(/Alerts · Homeostat$/);
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);

  it('has a table and a file beside each chart of alarm quality', async () => {
    const context = await system.browser.newContext({ storageState: cookies });
    const { page } = await watchedPage(context);
    await page.goto(`${system.url}/console/alarm-quality`);
    const figure = page.getByRole('figure', { name: 'Alerts per patient-day' });
    await figure.getByRole('img', { name: /^Alerts per patient-day by Rule: \d+ entries/ }).waitFor();
    await figure.getByRole('button', { name: 'Show as table' }).click();
    expect(await figure.getByRole('row').allInnerTexts()).toContainEqual(expect.stringContaining('xygen saturation'));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      figure.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Alerts per patient-day.csv');
    await context.close();
  }, 60_000);

  it('is not for a nurse where it is no page of hers: neither in the navigation nor by its address', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await signIn(page, system.url, await system.addPerson('nora', 'nurse'));
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Ward', 'Alerts']);
    for (const { path } of PAGES.slice(3)) {
      await page.goto(system.url + path);
      await page.getByText('Your role does not open this page.').waitFor();
      expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual(['No access']);
    }
    await context.close();
  }, 60_000);
});
