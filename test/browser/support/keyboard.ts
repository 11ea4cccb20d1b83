import type { Page } from './browser.js';

interface Stop {
  /** Label, or text. */
  readonly name: string;
  /** Drawn around it or around what stands for it, not clipped away and not covered (WCAG 2.2: 2.4.7, 2.4.11). */
  readonly isSeen: boolean;
}

/** Inputs that a library draws itself are clipped to a pixel; what is drawn around them is then of an element around them. */
const STOP = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return null;
  const name = (at.getAttribute('aria-label') ?? (at.labels?.[0] ?? at).textContent ?? '').trim();
  const isMarked = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  };
  const isUncovered = (element) => {
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    if (width < 4 || height < 4) return false;
    const points = [[(left + right) / 2, (top + bottom) / 2], [left + 2, top + 2], [right - 2, bottom - 2]];
    return points.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && (element.contains(hit) || hit.contains(element));
    });
  };
  let isSeen = false;
  for (let element = at, up = 0; element !== null && up < 4 && !isSeen; element = element.parentElement, up += 1)
    isSeen = isMarked(element) && isUncovered(element);
  return { name, isSeen };
})()`;

/** What has the focus, by its name; undefined: nothing has. @throws when it is not seen */
export async function focused(page: Page): Promise<string | undefined> {
  const stop = await page.evaluate<Stop | null>(STOP);
  if (stop !== null && !stop.isSeen) throw new Error(`the focus is not seen on "${stop.name.slice(0, 80)}"`);
  return stop?.name;
}

/** Presses Tab until what has this name has the focus, as somebody without a pointer does. @throws when it is not reached, or the focus not seen on the way */
export async function tabTo(
  page: Page,
  name: string,
  { key = 'Tab', most = 150 }: { readonly key?: 'Tab' | 'Shift+Tab'; readonly most?: number } = {},
): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press(key);
    if ((await focused(page)) === name) return;
  }
  throw new Error(`"${name}" was not reached by ${most} presses of ${key}`);
}
