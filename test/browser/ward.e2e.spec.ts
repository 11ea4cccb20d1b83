import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seriousFindings } from './support/accessibility.js';
import { SMALL_PHONE, signIn, watchedPage, type BrowserContext, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { LONG_NUMBER, ODD_NAME } from './support/odd-person.js';
import { admit, put, send } from './support/ward-patients.js';

const MINUTE = 60_000;
describe('the ward, on its page', () => {
  let system: ConsoleUnderTest;
  let nurse: Person;
  let context: BrowserContext;

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    nurse = await system.addPerson('nora', 'nurse');
    await put(system.client, 'Location', { id: 'bed2', status: 'active', name: 'Bed 2' });
    await put(system.client, 'Location', { id: 'bed10', status: 'active', name: 'Bed 10' });
    await admit(system.client, 'well', 'Ada Quill', 'MRN-1', 'bed10');
    await admit(system.client, 'sick', 'Bob Marsh', 'MRN-2', 'bed2');
    await admit(system.client, 'quiet', 'Cleo Ng', 'MRN-3');
    await admit(system.client, 'odd', ODD_NAME, LONG_NUMBER);
    const now = Date.now();
    await send(system.client, 'well', { 'heart-rate': 71, 'oxygen-saturation': 98, 'respiratory-rate': 15 }, now);
    await send(system.client, 'sick', { 'heart-rate': 122, 'oxygen-saturation': 82, 'respiratory-rate': 26 }, now);
    await send(system.client, 'quiet', { 'heart-rate': 64 }, now - 20 * MINUTE);
    context = await system.browser.newContext({ viewport: { width: 1280, height: 800 } });
  }, 180_000);
  afterAll(async () => {
    await context?.close();
    await system?.close();
  }, 30_000);

  async function open(on = context): Promise<{ page: Page; complaints: string[] }> {
    const watched = await watchedPage(on);
    await watched.page.goto(`${system.url}/console/`);
    const form = watched.page.getByLabel('User name');
    await form.or(watched.page.getByRole('heading', { name: 'Ward' })).waitFor();
    if (await form.isVisible()) await signIn(watched.page, system.url, nurse);
    await tile(watched.page, 'Ada Quill').waitFor();
    return watched;
  }

  const tiles = (page: Page) =>
    page
      .getByRole('list', { name: 'Patients' })
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading') });
  const tile = (page: Page, name: string) => tiles(page).filter({ hasText: name });
  const names = (page: Page) => tiles(page).getByRole('heading').allInnerTexts();

  it('shows the sickest patient first, and finds others by name, number and severity', async () => {
    const { page, complaints } = await open();
    await tile(page, 'Bob Marsh').getByText('high').waitFor();
    await page.mouse.move(0, 0);
    await expect(names(page)).resolves.toHaveLength(4);
    expect((await names(page))[0]).toBe('Bob Marsh');
    const sick = tile(page, 'Bob Marsh');
    const text = await sick.innerText();
    for (const shown of ['Bed 2', 'MRN-2', 'NEWS2 at least', 'missing', '82 %']) expect(text).toContain(shown);
    expect(await sick.getAttribute('aria-setsize')).toBe('4');
    // One item per patient, and no list within one.
    expect(await page.getByRole('list', { name: 'Patients' }).getByRole('listitem').count()).toBe(4);
    // Also by their roles, as what acts for people without a mouse does.
    await page.getByRole('radio', { name: 'By name' }).check();
    await page.getByRole('checkbox', { name: 'Low' }).check();
    await page.getByText(/^[0-3] of 4 patients$/).waitFor();
    await page.getByRole('checkbox', { name: 'Low' }).uncheck();
    await page.getByText('4 patients', { exact: true }).waitFor();
    await page.getByText('By bed', { exact: true }).click();
    expect((await names(page)).slice(0, 2)).toEqual(['Bob Marsh', 'Ada Quill']);
    await page.getByText('By name', { exact: true }).click();
    expect((await names(page)).indexOf('Ada Quill')).toBeLessThan((await names(page)).indexOf('Bob Marsh'));
    await page.getByLabel('Find a patient').fill('ada');
    await page.getByText('1 of 4 patients').waitFor();
    expect(await names(page)).toEqual(['Ada Quill']);
    await page.getByLabel('Find a patient').fill('mrn-2');
    await tile(page, 'Bob Marsh').waitFor();
    await page.getByLabel('Find a patient').fill('');
    await page.getByRole('group', { name: 'Severity' }).getByText('High', { exact: true }).click();
    await page.getByText('1 of 4 patients').waitFor();
    expect(await names(page)).toEqual(['Bob Marsh']);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  it('shows what comes, in all tabs, over one connection', async () => {
    let streams = 0;
    const own = await system.browser.newContext();
    own.on('request', (request) => (streams += Number(request.url().endsWith('/v1/stream'))));
    const [first, second] = [(await open(own)).page, (await open(own)).page];
    await new Promise((done) => setTimeout(done, 1_000));
    await send(system.client, 'well', { 'heart-rate': 77 });
    await Promise.all([first, second].map((page) => tile(page, 'Ada Quill').getByText('77').waitFor()));
    expect(streams).toBe(1);
    // Another tab goes on when the one that had the connection is closed.
    await first.close();
    await send(system.client, 'well', { 'heart-rate': 78 });
    await tile(second, 'Ada Quill').getByText('78').waitFor({ timeout: 5_000 });
    expect(streams).toBe(2);
    await own.close();
  }, 60_000);

  it('asks for the patients while it is still found out who is signed in, once', async () => {
    const own = await system.browser.newContext({ storageState: await context.storageState() });
    const { page } = await watchedPage(own);
    let wards = 0;
    page.on('request', (request) => (wards += Number(request.url().includes('/v1/ward'))));
    // Until the ward was asked for, who is signed in is not answered; and until the stream is there, nothing else is asked for.
    const asked = page.waitForRequest(/\/v1\/ward/);
    await page.route('**/console/session', async (route) => {
      await asked;
      await route.continue();
    });
    await page.route('**/v1/stream', (route) => route.abort());
    await page.goto(`${system.url}/console/`);
    await tile(page, 'Ada Quill').waitFor();
    expect(wards).toBe(1);
    await own.close();
  }, 60_000);

  it('has nothing else read of the patients until they are shown, and what came meanwhile after that', async () => {
    const own = await system.browser.newContext({ storageState: await context.storageState() });
    const { page } = await watchedPage(own);
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (['/v1/ward', '/v1/stream'].includes(pathname)) asked.push(pathname);
    });
    // The first answer was made before a value came, and arrives after it.
    await page.route(
      '**/v1/ward**',
      async (route) => {
        const answer = await route.fetch();
        await send(system.client, 'well', { 'heart-rate': 79 });
        await route.fulfill({ response: answer });
      },
      { times: 1 },
    );
    await page.goto(`${system.url}/console/`);
    await tile(page, 'Ada Quill').waitFor();
    await tile(page, 'Ada Quill').getByText('79').waitFor({ timeout: 5_000 });
    expect(asked).toEqual(['/v1/ward', '/v1/stream', '/v1/ward']);
    await own.close();
  }, 60_000);

  it('says what is stale and who is silent, by the clock of the server', async () => {
    const wrong = await system.browser.newContext();
    // A viewer's clock that is five hours ahead.
    await wrong.addInitScript('{ const now = Date.now; Date.now = () => now() + 5 * 3600000; }');
    for (const on of [context, wrong]) {
      const { page } = await open(on);
      const quiet = await tile(page, 'Cleo Ng').innerText();
      expect(quiet).toContain('stale');
      expect(quiet).toContain('silent');
      expect(await seriousFindings(page)).toEqual([]);
      await send(system.client, 'well', { 'heart-rate': 72 });
      await tile(page, 'Ada Quill').getByText('72').waitFor();
      const well = await tile(page, 'Ada Quill').innerText();
      expect(well).not.toContain('stale');
      expect(well).not.toContain('silent');
      await page.close();
    }
    await wrong.close();
  }, 60_000);

  it('says within 5 s that the connection is lost, marks what is shown as old, and recovers by itself', async () => {
    const { page } = await open();
    const pid = system.app.pid;
    if (pid === undefined) throw new Error('the server does not run');
    process.kill(pid, 'SIGSTOP');
    try {
      const banner = page.getByRole('alert').filter({ hasText: /^Connection lost/ });
      await banner.waitFor({ timeout: 5_000 });
      expect(await banner.innerText()).toMatch(/newest data here are of \d/);
      expect(await tile(page, 'Ada Quill').innerText()).toContain('old');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await page.getByText('Connection lost').waitFor({ state: 'detached', timeout: 15_000 });
    await system.app.kill();
    await page.getByText('Connection lost').waitFor({ timeout: 5_000 });
    await system.app.start();
    await page.getByText('Connection lost').waitFor({ state: 'detached', timeout: 15_000 });
    await send(system.client, 'well', { 'heart-rate': 79 });
    await tile(page, 'Ada Quill').getByText('79').waitFor({ timeout: 5_000 });
    expect(await tile(page, 'Ada Quill').innerText()).not.toContain('old');
    await page.close();
  }, 120_000);

  it('shows names with markup and marks of direction as they are, and long numbers within their tile', async () => {
    const phone = await system.browser.newContext(SMALL_PHONE);
    const { page, complaints } = await open(phone);
    await page.getByLabel('Find a patient').fill('<img');
    const odd = tile(page, '<img src=x');
    await odd.waitFor();
    expect(await odd.getByRole('heading').innerText()).toBe(ODD_NAME);
    expect(await odd.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
    await phone.close();
  }, 60_000);

  it('no longer shows a patient who is removed while looked at', async () => {
    await admit(system.client, 'leaving', 'Dan Leaving', 'MRN-9');
    const { page } = await open();
    await tile(page, 'Dan Leaving').hover();
    expect((await system.client.fhir('DELETE', '/Patient/leaving')).status).toBeLessThan(300);
    await tile(page, 'Dan Leaving').waitFor({ state: 'detached', timeout: 5_000 });
    expect(await names(page)).toHaveLength(4);
    await page.close();
  }, 60_000);

  it('leaves the tile that is pointed at, or has the focus, where it is', async () => {
    const { page } = await open();
    await tile(page, 'Bob Marsh').getByText('high').waitFor();
    const place = (name: string): Promise<string | null> => tile(page, name).getAttribute('aria-posinset');
    await page.mouse.move(0, 0);
    const before = await place('Ada Quill');
    expect(Number(before)).toBeGreaterThan(1);
    await tile(page, 'Ada Quill').getByRole('link').focus();
    await send(system.client, 'well', { 'oxygen-saturation': 78 });
    await send(system.client, 'well', { 'oxygen-saturation': 78 }, Date.now() + 1_000);
    await tile(page, 'Ada Quill')
      .getByText(/\d high|\d medium/)
      .first()
      .waitFor();
    expect(await place('Ada Quill')).toBe(before);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Ada Quill');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/patients/well');
    await page.close();
  }, 60_000);

  it('shows tiles whole at every width: each label, value, age, and what NEWS2 misses', async () => {
    await admit(system.client, 'full', 'Eve Full', 'MRN-5', 'bed10');
    const pressures = { 'systolic-pressure': 188, 'diastolic-pressure': 104, 'mean-pressure': 132 };
    const others = { 'body-temperature': 39.4, glucose: 412, 'oxygen-flow': 12.5, 'glasgow-coma-score': 13 };
    await send(
      system.client,
      'full',
      { 'heart-rate': 171, 'oxygen-saturation': 81, ...pressures, ...others },
      Date.now() - 25 * MINUTE,
    );
    for (const width of [360, 640, 1280, 1920, 3840]) {
      const own = await system.browser.newContext({ viewport: { width, height: 1000 } });
      const { page } = await open(own);
      const full = tile(page, 'Eve Full');
      await full.getByText('412').waitFor();
      await full.getByText('missing: Resp. rate').waitFor();
      const cut = await page.evaluate<string[]>(
        `[...document.querySelectorAll('.tile, .tile dt, .tile .missing, .tile .forecast')].flatMap((one) =>
          one.scrollWidth > one.clientWidth + 1 || (one.matches('.tile') && one.scrollHeight > one.clientHeight) ? one.textContent : [])`,
      );
      expect([width, cut]).toEqual([width, []]);
      expect(await full.innerText()).toMatch(/Systolic\s+188 mmHg[\s\S]*25 min/);
      await own.close();
    }
  }, 60_000);
});
