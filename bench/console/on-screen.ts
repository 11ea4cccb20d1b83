import type { Page } from 'playwright-core';

/*
 * What runs in the page is text: the bench is compiled without the browser's types. The page and the bench run on one machine, so that their
 * clocks are the same.
 */

/** Resolves after the frame that shows what was changed in this turn. */
const PAINTED = `(done) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  port2.postMessage(0);
})`;

/** Run before the page's own scripts: `firstView` resolves when tiles are painted, with ms since the navigation began. */
export const WATCH_FIRST_VIEW = `
globalThis.firstView = new Promise((resolve) => {
  const look = (_, observer) => {
    if (document.querySelector('[role=listitem] .tile') === null) return;
    observer.disconnect();
    (${PAINTED})(() => resolve(performance.now()));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
});`;

export function firstView(page: Page): Promise<number> {
  return page.evaluate<number>('firstView');
}

/** Where the time of a view went: each request from begin to end, ms since the navigation began. */
export async function waterfall(page: Page): Promise<readonly string[]> {
  const entries = await page.evaluate<
    readonly { name: string; from: number; first: number; to: number; bytes: number }[]
  >(
    `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map((one) => ({
      name: new URL(one.name).pathname + new URL(one.name).search, from: one.startTime, first: one.responseStart, to: one.responseEnd, bytes: one.encodedBodySize }))`,
  );
  const ms = (value: number): string => value.toFixed(0).padStart(6);
  return entries.map(
    ({ name, from, first, to, bytes }) => `${ms(from)} ${ms(first)} ${ms(to)} ms ${ms(bytes / 1000)} kB  ${name}`,
  );
}

/** Patients whose tiles are wholly in the window, in order. */
export function patientsInView(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(
    `[...document.querySelectorAll('[data-patient]')]
      .filter((tile) => { const { top, bottom } = tile.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })
      .map((tile) => tile.dataset.patient)`,
  );
}

/**
 * Waits until the tile of a patient shows a value.
 *
 * @returns when it was painted, ms since 1970; undefined: not within `timeoutMs`
 */
export async function valueShown(
  page: Page,
  patient: string,
  value: string,
  timeoutMs = 10_000,
): Promise<number | undefined> {
  const [id, text] = [JSON.stringify(patient), JSON.stringify(value)];
  const at = await page.evaluate<number | null>(`new Promise((resolve) => {
    const list = document.querySelector('[role=list][aria-label=Patients]');
    const isShown = () => [...list.querySelectorAll('[data-patient=' + ${JSON.stringify(id)} + '] dd b')].some((one) => one.textContent === ${text});
    const observer = new MutationObserver(() => look());
    const look = () => {
      if (!isShown()) return false;
      observer.disconnect();
      (${PAINTED})(() => resolve(Date.now()));
      return true;
    };
    setTimeout(() => { observer.disconnect(); resolve(null); }, ${timeoutMs});
    if (!look()) observer.observe(list, { childList: true, subtree: true, characterData: true });
  })`);
  return at ?? undefined;
}
