import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact?: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Findings of WCAG 2.2 A and AA on the page as it stands, those that are serious or critical: `rule: element`. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  // As text: the server's code is compiled without the browser's types.
  const violations = await page.evaluate<readonly Finding[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((found) => found.violations)`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** What is said of a field beside its name: hints and refusals. */
export async function describedBy(page: Page, field: ReturnType<Page['locator']>): Promise<string> {
  const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
  const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).allTextContents()));
  return texts.flat().join(' ');
}
