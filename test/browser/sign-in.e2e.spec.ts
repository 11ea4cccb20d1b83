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

  it('has no serious finding of accessibility on its page of the sign-in, light or dark', async () => {
    const context = await system.browser.newContext();
    const { page } = await watchedPage(context);
    await page.goto(`${system.url}/console/`);
    await page.getByLabel('User name').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await seriousFindings(page)]).toEqual([colorScheme, []]);
    }
    await context.close();
  });

  it('says without JavaScript what it needs, and signs in all the same', async () => {
    const context = await system.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    // As it is drawn: what a browser without scripts reads in noscript is no text for locators.
    const drawn = (): Promise<string> => page.locator('body').innerText();
    const needed =
      /^The Homeostat console needs JavaScript, and this browser does not run it\.[^]*not a cleared medical device\.$/;
    await page.goto(`${system.url}/console/`);
    expect(await drawn()).toMatch(needed);
    // What that line offers is there for who has signed in: the pages of the sign-in are without scripts.
    await page.goto(`${system.url}/console/sign-in`);
    await page.getByLabel('User name').fill(nurse.name);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill(nurse.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${system.url}/console/`);
    expect(await drawn()).toMatch(needed);
    expect((await context.request.get(`${system.url}/v1/ward`)).status()).toBe(200);
    await context.close();
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
