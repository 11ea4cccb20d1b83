import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { openChromium } from '../../../tools/services/index.js';

export type { Browser, BrowserContext, BrowserContextOptions, Page };

/** The browser that `npm test` found or installed (`CHROMIUM`). */
export function openBrowser(): Promise<Browser> {
  return openChromium(process.env['CHROMIUM']);
}

/** A page with what it complained of: errors on the console, uncaught exceptions, breaches of the Content-Security-Policy. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

export async function watchedPage(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // An answer that is a refusal is logged by the browser itself; the page shows it, and tests look there.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Sign-in of a person as they do it: by the form of the sign-in page. */
export async function signIn(
  page: Page,
  base: string,
  who: { readonly name: string; readonly password: string },
  path = '/console/',
): Promise<void> {
  await page.goto(base + path);
  await page.getByLabel('User name').fill(who.name);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

export const SMALL_PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 } };
export const WALL_SCREEN: BrowserContextOptions = { viewport: { width: 3840, height: 2160 } };
/** 200 % zoom of a 1280 px wide window is a window half as wide, at twice the pixels. */
export const ZOOMED: BrowserContextOptions = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
