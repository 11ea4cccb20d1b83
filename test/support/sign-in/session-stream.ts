import { request } from 'node:http';
import type { ConsoleBrowser } from './console-browser.js';

/** Opens a stream; `ended` says when the server ended it. */
export function openStream(
  browser: ConsoleBrowser,
  path: string,
): Promise<{ status: number; ended: Promise<void>; close(): void }> {
  return new Promise((opened, failed) => {
    const target = new URL(path, browser.url);
    const asked = request(target, { headers: browser.cookieHeader(target) }, (answer) => {
      answer.resume();
      const ended = new Promise<void>((done) => answer.once('close', done));
      opened({ status: answer.statusCode ?? 0, ended, close: () => void asked.destroy() });
    });
    asked.once('error', failed);
    asked.end();
  });
}
