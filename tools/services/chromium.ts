import { execFileSync } from 'node:child_process';
import { chromium as playwright, type Browser } from 'playwright-core';
import { has, install, MissingServiceError } from './service.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const;

const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of the browser tests: `CHROMIUM` where given, else one that is on the path, else Debian's, installed. */
export function chromium(given: string | undefined): string {
  if (given !== undefined && given !== '') return given;
  const found = NAMES.find(has);
  if (found !== undefined) return found;
  if (install(['chromium']) && has('chromium')) return 'chromium';
  throw new MissingServiceError('Chromium is missing: install chromium, or set CHROMIUM to its path');
}

/** Starts that browser without a window. */
export function openChromium(given: string | undefined): Promise<Browser> {
  const name = chromium(given);
  const executablePath = name.includes('/') ? name : execFileSync('which', [name], { encoding: 'utf8' }).trim();
  return playwright.launch({ executablePath, args: ARGS });
}
