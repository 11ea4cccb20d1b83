import type { Page } from './browser.js';

/** Presses Tab until the element with this name has the focus, as somebody without a pointer does. @throws when it is never reached */
export async function tabTo(page: Page, name: string, most = 150): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(
      `(() => { const e = document.activeElement; return e?.getAttribute('aria-label') ?? (e?.labels?.[0] ?? e)?.textContent ?? ''; })()`,
    );
    if (focused.trim() === name) return;
  }
  throw new Error(`"${name}" was not reached by ${most} presses of Tab`);
}
