import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signIn, watchedPage, type BrowserContext, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { recordedEarlier } from './support/heart-rates.js';
import { sendSaturation } from './support/saturation.js';

const SOON = { timeout: 3_000 };
/** Counts what is added to the live region: what a screen reader would read. */
const COUNT_ADDITIONS = `
  window.announced = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) window.announced.push(node.textContent);
  }).observe(document.querySelector('[aria-live=assertive]'), { childList: true, subtree: true, characterData: true });`;

describe('high alerts in a browser', () => {
  let system: ConsoleUnderTest;
  let nora: Person;
  let opal: Person;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    nora = await system.addPerson('nora', 'nurse');
    opal = await system.addPerson('opal', 'operator');
    context = await system.browser.newContext();
    ({ page } = await watchedPage(context));
    await signIn(page, system.url, nora);
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  it('say that the browser plays no sound, until something is pressed', async () => {
    // A page that nobody has pressed anything on; what a test looks for in it counts as a press, so it looks only when the page has asked to play.
    const untouched = await context.newPage();
    await untouched.goto(`${system.url}/console/alerts`);
    await untouched.waitForTimeout(5_000);
    const line = untouched.getByText('This browser plays no alarm sound yet.');
    await line.waitFor();
    expect(await untouched.getByRole('button', { name: 'Mute' }).count()).toBe(0);
    await untouched.getByRole('button', { name: 'Turn on sound' }).click();
    await untouched.getByRole('button', { name: 'Mute' }).waitFor(SOON);
    expect(await line.count()).toBe(0);
    await untouched.close();
  }, 60_000);

  it('are announced exactly once, on another page too, with a badge in the title and a link', async () => {
    await page.goto(`${system.url}/console/`);
    await page.getByRole('region', { name: 'Alarms' }).waitFor();
    // The list of what is open when the page opens is known by then.
    await page.waitForTimeout(1_500);
    await page.evaluate(COUNT_ADDITIONS);
    expect(await page.title()).toBe('Ward · Homeostat');
    await sendSaturation(system.client, 'first', 80);
    await page.getByRole('link', { name: '1 high alert is open' }).waitFor(SOON);
    expect(await page.title()).toBe('(1 high) Ward · Homeostat');
    // Longer than the list is asked for again: it is not announced by that way once more.
    await page.waitForTimeout(17_000);
    const announced = await page.evaluate<string[]>('window.announced');
    expect(announced).toHaveLength(1);
    expect(announced[0]).toMatch(/^New high alert: .*first.*80 %/);
    await page.getByRole('link', { name: '1 high alert is open' }).click();
    await page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
    expect(await page.getByLabel('Severity').inputValue()).toBe('high');
  }, 60_000);

  it('are announced on a page that shows another time', async () => {
    await recordedEarlier(system.databaseUrl, 10);
    await page.goto(`${system.url}/console/patients/first`);
    const slider = page.getByRole('slider', { name: 'As known at' });
    await slider.and(page.locator(':enabled')).press('ArrowLeft');
    await page.getByText(/^As known at .*, not live$/).waitFor();
    await page.evaluate(COUNT_ADDITIONS);
    const id = await sendSaturation(system.client, 'meanwhile', 80);
    await page.getByRole('link', { name: '2 high alerts are open' }).waitFor(SOON);
    expect(await page.evaluate<string[]>('window.announced')).toEqual([
      expect.stringMatching(/^New high alert: .*meanwhile/),
    ]);
    await page.getByText(/^As known at .*, not live$/).waitFor();
    await system.client.api('POST', `/v1/alerts/${id}/acknowledge`, {});
    await page.getByRole('link', { name: '1 high alert is open' }).waitFor(SOON);
  }, 60_000);

  it('leave the live region with their patient', async () => {
    await page.goto(`${system.url}/console/`);
    await page.getByRole('link', { name: '1 high alert is open' }).waitFor();
    await sendSaturation(system.client, 'leaving', 80);
    const announced = page.locator('[aria-live=assertive] p').filter({ hasText: 'leaving' });
    await announced.waitFor({ state: 'attached', timeout: 3_000 });
    await system.client.fhir('DELETE', '/Patient/leaving');
    await announced.waitFor({ state: 'detached', timeout: 8_000 });
    await page.getByRole('link', { name: '1 high alert is open' }).waitFor();
  }, 60_000);

  it('break a mute, which has an end that is shown', async () => {
    await page.goto(`${system.url}/console/`);
    await page.locator('body').click();
    await page.getByRole('button', { name: 'Mute' }).click();
    await page.getByText('Muted until').waitFor(SOON);
    const end = Date.parse((await page.getByText('Muted until').locator('time').getAttribute('datetime')) ?? '');
    expect(end - Date.now()).toBeGreaterThan(4 * 60_000);
    expect(end - Date.now()).toBeLessThanOrEqual(5 * 60_000);
    // It holds across a reload, and a medium alert does not break it.
    await page.reload();
    await page.locator('body').click();
    await sendSaturation(system.client, 'second', 88, 30);
    await page.waitForTimeout(2_000);
    await page.getByText('Muted until').waitFor(SOON);
    await sendSaturation(system.client, 'second', 80);
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor(SOON);
    expect(await page.getByText('Muted until').count()).toBe(0);
  }, 60_000);

  it('leave the badge when they are acknowledged', async () => {
    const before = await page.title();
    expect(before).toMatch(/^\(2 high\)/);
    const { body } = await system.client.api<{ items: { id: string }[] }>(
      'GET',
      '/v1/alerts?status=open&severity=high',
    );
    for (const { id } of body.items) await system.client.api('POST', `/v1/alerts/${id}/acknowledge`, {});
    // By the title as the browser has it: the page's Content-Security-Policy lets a test evaluate nothing in a loop.
    for (const end = Date.now() + SOON.timeout; Date.now() < end && (await page.title()).includes('high');)
      await page.waitForTimeout(100);
    expect(await page.title()).toBe('Ward · Homeostat');
  }, 60_000);

  it('are not for who does not see alerts', async () => {
    const other = await system.browser.newContext();
    const { page: operators } = await watchedPage(other);
    await signIn(operators, system.url, opal);
    expect(await operators.getByRole('region', { name: 'Alarms' }).count()).toBe(0);
    await other.close();
  }, 60_000);
});
