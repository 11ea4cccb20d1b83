/** How Node loads suites and what they test from the sources, as `jest.config.js` has it done for Jest. */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { SWC } from '../../jest.config.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GLOBALS = new URL('./globals.mjs', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
    const library = /^#libs\/(.*)$/.exec(specifier)?.[1];
    if (library !== undefined) return at(join(ROOT, 'libs', library, 'src/index.ts'));
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL !== undefined) {
      const source = join(dirname(fileURLToPath(context.parentURL)), specifier.replace(/js$/, 'ts'));
      if (existsSync(source)) return at(source);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || url.includes('/node_modules/')) return next(url, context);
    const path = fileURLToPath(url);
    if (path.endsWith('.ts')) {
      const { code } = transformSync(readFileSync(path, 'utf8'), {
        ...SWC,
        filename: path,
        sourceMaps: 'inline',
        swcrc: false,
      });
      return { format: 'module', source: code, shortCircuit: true };
    }
    // A bundler lets the pages import JSON without an attribute.
    if (path.endsWith('.json') && context.importAttributes?.type === undefined)
      return { format: 'module', source: `export default ${readFileSync(path, 'utf8')}`, shortCircuit: true };
    return next(url, context);
  },
});

function at(path) {
  return { url: pathToFileURL(path).href, shortCircuit: true };
}
