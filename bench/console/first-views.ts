import type { Browser, BrowserContext } from 'playwright-core';
import { firstView, WATCH_FIRST_VIEW, waterfall } from './on-screen.js';

/** A view of the ward, from the beginning of the navigation until its tiles are painted. */
export interface View {
  readonly ms: number;
  /** Bytes of JavaScript as they came over the wire; 0: from the browser's cache. */
  readonly scriptBytes: number;
  /** Each request. */
  readonly waterfall: readonly string[];
}

const SIZE = { width: 1280, height: 860 };
export type SignedInState = Awaited<ReturnType<BrowserContext['storageState']>>;

/** A browser that is signed in and has nothing cached. */
export async function freshContext(browser: Browser, storageState: SignedInState): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: SIZE, storageState });
  await context.addInitScript({ content: WATCH_FIRST_VIEW });
  return context;
}

/** Opens the ward in a page of its own, which is closed again. */
export async function viewWard(context: BrowserContext, url: string): Promise<View> {
  const page = await context.newPage();
  const scripts: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return;
    scripts.push(
      request.sizes().then(
        ({ responseBodySize }) => Math.max(0, responseBodySize),
        () => 0,
      ),
    );
  });
  await page.goto(`${url}/console/`);
  const ms = await firstView(page);
  const requests = await waterfall(page);
  const sizes = await Promise.all(scripts);
  await page.close();
  return { ms, scriptBytes: sizes.reduce((sum, one) => sum + one, 0), waterfall: requests };
}
