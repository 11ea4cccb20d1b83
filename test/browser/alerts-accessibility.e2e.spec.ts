import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seriousFindings } from './support/accessibility.js';
import { signIn, SMALL_PHONE, WALL_SCREEN, watchedPage, ZOOMED } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { sendSaturation } from './support/saturation.js';

const PAGES = [
  ['/console/alerts', 'Alerts'],
  ['/console/alarm-quality', 'Alarm quality'],
  ['/console/forecasts', 'Forecasts'],
] as const;

describe('the pages Alerts, Alarm quality and Forecasts', () => {
  let system: ConsoleUnderTest;
  let paula: Person;
  let nora: Person;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    paula = await system.addPerson('paula', 'physician');
    nora = await system.addPerson('nora', 'nurse');
    await sendSaturation(system.client, 'p1', 88);
    await sendSaturation(system.client, 'p2', 80);
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  it.each([
    ['a phone', SMALL_PHONE],
    ['a wall screen', WALL_SCREEN],
    ['200 % zoom', ZOOMED],
    ['a desk', {}],
  ])(
    'have no serious finding on %s, light or dark, and nothing beside the window',
    async (_, size) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await system.browser.newContext({ ...size, colorScheme });
        const { page, complaints } = await watchedPage(context);
        await signIn(page, system.url, paula);
        for (const [path, heading] of PAGES) {
          await page.goto(system.url + path);
          await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
          const explanation = page.getByRole('button', { name: 'Explanation' });
          if (path === '/console/alerts') {
            await explanation.first().click();
            await page.getByRole('heading', { name: 'Why it fired' }).waitFor();
          } else {
            await page
              .getByRole('button', { name: 'Show as table' })
              .or(page.getByText('The ledger has no'))
              .first()
              .waitFor();
          }
          expect([path, await seriousFindings(page)]).toEqual([path, []]);
          const width = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
          expect([path, width[0] <= width[1]]).toEqual([path, true]);
        }
        expect(complaints).toEqual([]);
        await context.close();
      }
    },
    120_000,
  );

  it('have the labels of their filters in one line', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await signIn(page, system.url, paula, '/console/alerts');
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

  it('have a table and a file beside each chart of alarm quality', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await signIn(page, system.url, paula, '/console/alarm-quality');
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

  it('are not all for a nurse: neither in the navigation nor by their address', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await signIn(page, system.url, nora);
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Ward', 'Alerts']);
    for (const [path] of PAGES.slice(1)) {
      await page.goto(system.url + path);
      await page.getByText('Your role does not open this page.').waitFor();
    }
    await context.close();
  }, 60_000);
});
