/** Where a sign-in goes on when nothing else is said. */
export const CONSOLE_PATH = '/console/';

/**
 * A path of the console that a sign-in may go on to.
 *
 * @returns undefined for anything that could lead elsewhere
 */
export function nextPath(asked: string | undefined): string | undefined {
  if (asked === undefined || asked === '' || asked === '/console') return CONSOLE_PATH;
  if (asked.length > 2_000 || !asked.startsWith(CONSOLE_PATH) || /[\\\u0000-\u0020\u007f]/.test(asked))
    return undefined;
  const url = URL.canParse(asked, 'http://console.invalid') ? new URL(asked, 'http://console.invalid') : undefined;
  if (url?.host !== 'console.invalid' || !url.pathname.startsWith(CONSOLE_PATH)) return undefined;
  return url.pathname + url.search + url.hash;
}
