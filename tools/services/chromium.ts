import { has, install, MissingServiceError } from './service.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const;

/** The browser of the browser tests: `CHROMIUM` where given, else one that is on the path, else Debian's, installed. */
export function chromium(given: string | undefined): string {
  if (given !== undefined && given !== '') return given;
  const found = NAMES.find(has);
  if (found !== undefined) return found;
  if (install(['chromium']) && has('chromium')) return 'chromium';
  throw new MissingServiceError('Chromium is missing: install chromium, or set CHROMIUM to its path');
}
