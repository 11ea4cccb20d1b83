import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seriousFindings } from './support/accessibility.js';
import { signIn, watchedPage } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';

describe('the console, from the sign-in on', () => {
  let system: ConsoleUnderTest;
  let nurse: Person;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    nurse = await system.addPerson('nora', 'nurse');
  }, 120_000);
  afterAll(() => system?.close(), 30_000);

  it('leads from the root to the sign-in, and from there to the ward', async () => {
    const context = await system.browser.newContext();
    const { page, complaints } = await watchedPage(context);
    await signIn(page, system.url, nurse, '/');
    await page.getByRole('heading', { name: 'Ward', level: 1 }).waitFor();
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Ward', 'Alerts']);
    expect(await page.getByText('not a cleared medical device').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('has no serious finding of accessibility, light or dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await system.browser.newContext({ colorScheme });
      const { page } = await watchedPage(context);
      await page.goto(`${system.url}/console/`);
      await page.getByLabel('User name').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await signIn(page, system.url, nurse);
      expect(await seriousFindings(page)).toEqual([]);
      await context.close();
    }
  });

  it('keeps no token where a script could read it', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await signIn(page, system.url, nurse);
    const cookies = await context.cookies();
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.filter(({ httpOnly }) => !httpOnly)).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
    const stored = await page.evaluate<[string, string][]>(
      '[...Object.entries(localStorage), ...Object.entries(sessionStorage)]',
    );
    // Where each page was scrolled to is remembered for the way back; nothing else is kept before somebody mutes.
    expect(stored.filter(([key]) => !key.startsWith('tsr-scroll-restoration'))).toEqual([]);
    for (const { value } of cookies) expect(JSON.stringify(stored)).not.toContain(value);
    await context.close();
  });
});
