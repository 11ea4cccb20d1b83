import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { seriousFindings } from './support/accessibility.js';
import { signIn, SMALL_PHONE, watchedPage, type BrowserContext, type Page } from './support/browser.js';
import { ConsoleUnderTest, type Person } from './support/console.js';
import { applied, recordedEarlier, sendHeartRates, type HeartRates } from './support/heart-rates.js';

const MINUTE = 60_000;
const PATH = '/console/patients/p1';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

describe('the values of a patient', () => {
  let system: ConsoleUnderTest;
  let nurse: Person;
  let sent: HeartRates;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    system = await ConsoleUnderTest.start();
    nurse = await system.addPerson('nora', 'nurse');
    sent = await sendHeartRates(system.client, 'p1', '<b>Bell</b>\u202e');
    context = await system.browser.newContext({ timezoneId: 'Europe/Berlin', acceptDownloads: true });
    ({ page, complaints } = await watchedPage(context));
    await signIn(page, system.url, nurse, PATH);
  }, 180_000);
  afterAll(() => system?.close(), 30_000);

  const heartRate = () => page.getByRole('figure', { name: 'Heart rate' });
  const berlin = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' });

  it('are headed by name and identifier, as text', async () => {
    await page.getByRole('heading', { level: 1, name: 'Ada <b>Bell</b>' }).waitFor();
    await page.getByText('MR-p1').waitFor();
    expect(await page.locator('h1 b').count()).toBe(0);
    await page.getByText('born 1970-01-02').waitFor();
  });

  it('are beside facts in words, and not in codes', async () => {
    const subject = { reference: 'Patient/p1' };
    for (const resource of [
      { resourceType: 'Encounter', id: 'e1', status: 'in-progress', class: { system: ACT_CODE, code: 'IMP' }, subject },
      { resourceType: 'Device', id: 'bedside-7', status: 'active', patient: subject },
    ])
      expect((await system.client.fhir('PUT', `/${resource.resourceType}/${resource.id}`, resource)).status).toBe(201);
    const facts = page.getByRole('region', { name: 'Facts' });
    await facts.getByText('in progress, inpatient').waitFor();
    await facts.getByText('bedside-7, in use').waitFor();
    expect(await facts.innerText()).not.toMatch(/IMP|in-progress/);
  }, 30_000);

  it('are a chart that says its newest, lowest and highest value', async () => {
    const image = heartRate().getByRole('img');
    await image.and(page.getByRole('img', { name: /in 6 h$/ })).waitFor();
    expect(await image.getAttribute('aria-label')).toBe(
      `Heart rate, newest 70 /min at ${berlin(sent.newest)}, from 70 to 74 /min in 6 h`,
    );
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    await page.getByRole('img', { name: /^Heart rate, .* in 1 h$/ }).waitFor();
    await page.getByRole('button', { name: '6 h', exact: true }).click();
  });

  it('are read one by one with the arrow keys: why one is doubtful, and where there is no data', async () => {
    const reader = heartRate().getByRole('slider', { name: 'Read values' });
    const said = (): Promise<string | null> => reader.getAttribute('aria-valuetext');
    await reader.focus();
    expect(await said()).toBe(`70 /min, ${berlin(sent.newest)}, good`);
    for (let back = 0; back < 5; back += 1) await page.keyboard.press('ArrowLeft');
    expect(await said()).toMatch(new RegExp(`^70 /min, ${berlin(sent.doubtful)}, doubtful: .*the patient moved`));
    for (let back = 5; back < 20; back += 1) await page.keyboard.press('ArrowLeft');
    expect(await said()).toBe(`no data, from ${berlin(sent.hole[0])} to ${berlin(sent.hole[1])}`);
    await page.keyboard.press('ArrowLeft');
    expect(await said()).toBe(`70 /min, ${berlin(sent.hole[0])}, good`);
    await page.keyboard.press('Home');
    expect(await said()).toContain(berlin(sent.newest - 59 * MINUTE));
  });

  it('are a table, with a row where there is no data', async () => {
    await heartRate().getByRole('button', { name: 'Show as table' }).click();
    const rows = heartRate().getByRole('table').first().getByRole('row');
    expect(await rows.count()).toBe(1 + 40 + 1);
    expect(await rows.nth(21).innerText()).toMatch(/ – .*\tno data$/);
    expect(await rows.nth(6).innerText()).toContain('doubtful: ');
    const exact = await rows.nth(1).locator('time').getAttribute('title');
    expect(exact).toMatch(/GMT\+0[12]:00 \(Europe\/Berlin\)/);
    expect(exact).toContain(new Date(sent.newest).toISOString());
    await heartRate().getByRole('button', { name: 'Show as table' }).click();
  });

  it('are a file', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      heartRate().getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines[0]).toBe('effectiveAt,code,value,unit,source,quality');
    expect(lines).toHaveLength(41);
    expect(lines.filter((line) => line.endsWith(',doubtful'))).toHaveLength(1);
  });

  it('of another time are as they were known then, and say so', async () => {
    await recordedEarlier(system.databaseUrl, 10);
    await system.client.samples([
      {
        patient: 'p1',
        code: 'heart-rate',
        value: 99,
        unit: '/min',
        effectiveAt: new Date(sent.newest + 30_000).toISOString(),
      },
    ]);
    await applied(system.client, 'p1', sent.newest + 30_000);
    // Live, it is there within two seconds, and the page says nothing of another time.
    await page.getByRole('img', { name: /^Heart rate, newest 99 / }).waitFor({ timeout: 10_000 });
    expect(await page.getByText('not live').count()).toBe(0);

    await page.reload();
    const slider = page.getByRole('slider', { name: 'As known at' });
    await page.getByRole('img', { name: /^Heart rate, newest 99 / }).waitFor();
    await slider.focus();
    for (let minute = 0; minute < 5; minute += 1) await page.keyboard.press('ArrowLeft');
    const then = await slider.getAttribute('aria-valuetext');
    expect(then).toMatch(/^\w{3}, \d+ \w{3} \d{4}, \d{2}:\d{2}$/);
    await page.getByText(`As known at ${then}, not live`).waitFor();
    await page.getByRole('img', { name: /^Heart rate, newest 70 / }).waitFor();

    // While another time is read, what is shown is marked so and can still be read.
    const read = Promise.withResolvers<void>();
    await page.route(/\/v1\/twins\/p1\?.*known-at/, async (route) => {
      await read.promise;
      await route.continue();
    });
    await slider.press('ArrowLeft');
    await page.locator('.patient-shown[aria-busy=true]').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    read.resolve();
    await page.locator('.patient-shown[aria-busy=false]').waitFor();
    await page.getByRole('button', { name: 'Back to live' }).click();
    await page.getByRole('img', { name: /^Heart rate, newest 99 / }).waitFor();
    expect(await page.getByText('not live').count()).toBe(0);
  }, 60_000);

  it('go back to the first recording, also when the oldest value was recorded later', async () => {
    const oldest = new Date(sent.newest - 90 * MINUTE).toISOString();
    await system.client.samples([{ patient: 'p1', code: 'heart-rate', value: 77, unit: '/min', effectiveAt: oldest }]);
    const recorded = async (): Promise<readonly number[]> => {
      const { body } = await system.client.api<{ items: { effectiveAt: string; recordedAt: string }[] }>(
        'GET',
        '/v1/twins/p1/measurements?limit=100',
      );
      return body.items[0]?.effectiveAt === oldest ? body.items.map(({ recordedAt: at }) => Date.parse(at)) : [];
    };
    for (const end = Date.now() + 10_000; (await recorded()).length === 0; await page.waitForTimeout(100))
      if (Date.now() > end) throw new Error('the oldest value was not recorded');
    const first = Math.min(...(await recorded()));
    expect(Date.now() - first).toBeGreaterThan(9 * MINUTE);
    await page.reload();
    const slider = page.getByRole('slider', { name: 'As known at' });
    await slider.and(page.locator(':enabled')).waitFor();
    await slider.press('Home');
    // To the minute, and a Patient is recorded a moment before the values.
    const then = Number(await slider.inputValue()) * MINUTE;
    expect(then).toBeLessThanOrEqual(first + MINUTE);
    expect(then).toBeGreaterThan(first - 2 * MINUTE);
    await page.getByText(/^As known at .*, not live/).waitFor();
    await page.getByRole('button', { name: 'Back to live' }).click();
  }, 60_000);

  it('are read by a nurse, who is offered no act of a physician', async () => {
    await page.getByRole('table', { name: 'Thresholds' }).waitFor();
    expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0);
    expect(await page.getByRole('heading', { name: 'What if' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('are marked old while the connection is lost, and live again afterwards', async () => {
    expect(await heartRate().innerText()).not.toMatch(/\bold\b/);
    process.kill(system.app.pid!, 'SIGSTOP');
    try {
      await page
        .getByRole('alert')
        .filter({ hasText: /^Connection lost/ })
        .waitFor({ timeout: 6_000 });
      await heartRate().getByText('old', { exact: true }).waitFor();
    } finally {
      process.kill(system.app.pid!, 'SIGCONT');
    }
    await heartRate().getByText('old', { exact: true }).waitFor({ state: 'detached', timeout: 15_000 });
  }, 40_000);

  it('have the bar of another time below the banner of a lost connection, wherever the page is scrolled to', async () => {
    await page.getByRole('slider', { name: 'As known at' }).press('ArrowLeft');
    await page.getByText(/^As known at .*, not live/).waitFor();
    await page.setViewportSize(SMALL_PHONE.viewport!);
    process.kill(system.app.pid!, 'SIGSTOP');
    try {
      const banner = page.locator('.connection');
      await banner.waitFor({ timeout: 6_000 });
      for (const top of [0, 600, 100_000]) {
        await page.evaluate(`scrollTo(0, ${top})`);
        const [above, below] = [await banner.boundingBox(), await page.locator('.known-at').boundingBox()];
        expect(above!.y).toBeGreaterThanOrEqual(0);
        expect(below!.y).toBeGreaterThanOrEqual(above!.y + above!.height - 1);
        expect(below!.y + below!.height).toBeLessThan(SMALL_PHONE.viewport!.height);
      }
    } finally {
      process.kill(system.app.pid!, 'SIGCONT');
    }
    await page.getByText(/^Connection lost/).waitFor({ state: 'detached', timeout: 15_000 });
    await page.getByRole('button', { name: 'Back to live' }).click();
    await page.setViewportSize({ width: 1280, height: 720 });
  }, 40_000);

  it('around an arrhythmia alert are strips, with a table and a file of that time', async () => {
    const begun = Date.now() - 5 * MINUTE;
    const beats = [810, 830, 820, 800, 840];
    let at = begun;
    const samples = [...Array.from({ length: 20 }, () => beats), [4200, 820, 810, 830], beats, beats].map((values) => {
      const effectiveAt = new Date(at).toISOString();
      at += values.reduce((sum, one) => sum + one, 0);
      return { patient: 'p1', code: 'rr-interval', unit: 'ms', values, effectiveAt };
    });
    expect((await system.client.samples(samples)).status).toBe(202);
    const strips = page.getByRole('region', { name: 'Around the alert: Pause' });
    const strip = strips.getByRole('figure', { name: 'RR intervals' });
    await strip.getByRole('img', { name: /^RR intervals from .* to .*, \d+ values from 800 to 4,200 ms$/ }).waitFor();
    await strip.getByRole('button', { name: 'Show as table' }).click();
    expect(await strip.getByRole('table').innerText()).toContain('4,200 ms');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      strip.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('p1-rr-interval.csv');
    const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(head).toBe('effectiveAt,code,value,unit,source,quality');
    expect(lines.filter((line) => line.includes(',rr-interval,4200,ms,'))).toHaveLength(1);
    const times = lines.map((line) => Date.parse(line.slice(0, line.indexOf(','))));
    // Ten seconds before the pause and twenty after its onset, and not the minutes before.
    expect(lines.length).toBeGreaterThan(20);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(30_000);
  }, 60_000);

  it('say so when there is no such patient', async () => {
    await page.goto(`${system.url}/console/patients/nobody`);
    await page.getByRole('alert').getByText('There is no such patient').waitFor();
  });
});
