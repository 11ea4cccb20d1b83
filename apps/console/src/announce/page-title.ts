import { fill, strings } from '../strings/strings.js';

/** Title of the window: how many high alerts are open, the page, the product. */
export function pageTitle(page: string | undefined, openHigh: number): string {
  const name = page === undefined ? strings.product : `${page} · ${strings.product}`;
  return openHigh === 0 ? name : fill(strings.announce.badge, { count: openHigh, title: name });
}
