import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openChromium } from '../services/index.js';

/**
 * `npm run screenshots`: starts the demo on free ports with an empty folder, signs in as its user, and takes the pictures of docs/console.md
 * and of the README. All people in them are simulated.
 */
const OUT = 'docs/pictures';
/** Until there are alerts, forecasts and scores to look at. */
const WARM_UP_MS = Number(process.env['WARM_UP_MS'] ?? 180_000);
const SIZE = { width: 1280, height: 860 };

const PICTURES = [
  { name: 'ward', path: '/console/', heading: 'Ward' },
  { name: 'patient', path: '/console/patients/demo-bed-04', heading: /./ },
  { name: 'alerts', path: '/console/alerts', heading: 'Alerts' },
  { name: 'alarm-quality', path: '/console/alarm-quality', heading: 'Alarm quality' },
  { name: 'forecasts', path: '/console/forecasts', heading: 'Forecasts' },
  { name: 'operations', path: '/console/operations', heading: 'Operations' },
] as const;

interface SignIn {
  readonly url: string;
  readonly name: string;
  readonly password: string;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homeostat-screenshots-'));
  const demo = spawn(process.execPath, ['--enable-source-maps', 'dist/apps/all-in-one/src/demo/main.js'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DATA_DIR: folder,
      PORT: '3970',
      MQTT_PORT: '1970',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const signIn = await signInOf(demo.stdout);
    await sleep(WARM_UP_MS);
    await takePictures(signIn);
  } finally {
    const ended = new Promise((done) => demo.once('exit', done));
    demo.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads the demo's line `Console …/console/` with its user and password. */
async function signInOf(output: NodeJS.ReadableStream): Promise<SignIn> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const found = /Console\s+(https?:\/\/\S+?)\/console\/.*user (\S+), password (\S+)/.exec(text);
    if (found === null) continue;
    output.resume();
    return { url: found[1] ?? '', name: found[2] ?? '', password: found[3] ?? '' };
  }
  throw new Error('the demo ended before it printed the sign-in of the console');
}

async function takePictures(signIn: SignIn): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const browser = await openChromium(process.env['CHROMIUM']);
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await enter(page, signIn);
      const pictures = colorScheme === 'light' ? PICTURES : PICTURES.slice(0, 1);
      for (const picture of pictures) {
        await page.goto(signIn.url + picture.path);
        await page.getByRole('heading', { level: 1, name: picture.heading }).waitFor();
        await sleep(4_000);
        const name = colorScheme === 'light' ? picture.name : `${picture.name}-dark`;
        await page.screenshot({ path: `${OUT}/${name}.png` });
        console.log(`${OUT}/${name}.png`);
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

async function enter(page: Page, signIn: SignIn): Promise<void> {
  await page.goto(`${signIn.url}/console/`);
  await page.getByLabel('User name').fill(signIn.name);
  await page.getByLabel('Password').fill(signIn.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

await main();
