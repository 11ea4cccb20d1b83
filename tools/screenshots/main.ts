import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { freePort, openChromium } from '../services/index.js';
import { demoSignIn, type DemoSignIn } from './demo-sign-in.js';

/**
 * `npm run screenshots`: starts the demo on free ports with an empty folder, signs in as its user, and takes the pictures of docs/console.md
 * and of the README. All people in them are simulated.
 */
const OUT = 'docs/pictures';
/** Until there are alerts, forecasts and scores to look at. */
const WARM_UP_MS = Number(process.env['WARM_UP_MS'] ?? 180_000);
const SIZE = { width: 1280, height: 860 };

/** `shows`: what is there once the page has its figures. */
const PICTURES: readonly { name: string; path: string; shows: (page: Page) => Locator }[] = [
  {
    name: 'ward',
    path: '/console/',
    shows: (page) =>
      page.getByRole('list', { name: 'Patients' }).getByRole('listitem').filter({ hasText: ' in ' }).nth(3),
  },
  {
    name: 'patient',
    path: '/console/patients/demo-bed-04',
    shows: (page) => page.getByRole('img', { name: /^Heart rate, newest .* in 6 h$/ }),
  },
  {
    name: 'alerts',
    path: '/console/alerts',
    shows: (page) => page.getByRole('list', { name: 'Inbox' }).getByRole('listitem').first(),
  },
  { name: 'alarm-quality', path: '/console/alarm-quality', shows: (page) => page.getByRole('figure').first() },
  { name: 'forecasts', path: '/console/forecasts', shows: (page) => page.getByRole('figure').first() },
  {
    name: 'operations',
    path: '/console/operations',
    shows: (page) => page.getByRole('table', { name: 'Rates and lag' }).getByText('keeps up').first(),
  },
];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homeostat-screenshots-'));
  const demo = spawn(process.execPath, ['--enable-source-maps', 'dist/apps/all-in-one/src/demo/main.js'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DATA_DIR: folder,
      PORT: String(await freePort()),
      MQTT_PORT: String(await freePort()),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const signIn = await demoSignIn(demo.stdout);
    await sleep(WARM_UP_MS);
    await takePictures(signIn);
  } finally {
    const ended = demo.exitCode === null ? new Promise((done) => demo.once('exit', done)) : undefined;
    demo.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takePictures(signIn: DemoSignIn): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const browser = await openChromium(process.env['CHROMIUM']);
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' });
    await enter(page, signIn);
    for (const { name, path, shows } of PICTURES) {
      await page.goto(signIn.url + path);
      await shows(page).waitFor({ timeout: 60_000 });
      // A press allows the sound, as on a page that is in use; the pointer then goes where no tile is.
      await page.getByRole('heading', { level: 1 }).click();
      await page.getByRole('button', { name: 'Mute' }).waitFor();
      await page.mouse.move(0, 0);
      await page.screenshot({ path: `${OUT}/${name}.png` });
      console.log(`${OUT}/${name}.png`);
    }
  } finally {
    await browser.close();
  }
}

async function enter(page: Page, signIn: DemoSignIn): Promise<void> {
  await page.goto(`${signIn.url}/console/`);
  await page.getByLabel('User name').fill(signIn.name);
  await page.getByLabel('Password').fill(signIn.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

await main();
