// `npm run layers [-- json]`: the import rules of .dependency-cruiser.cjs on apps and libs. dependency-cruiser's own command finds the same in
// two and a half times the CPU time: there `./x.js` is first looked for as it stands, with a plugin for the paths of a tsconfig, then as `./x.ts`.
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const { options, ...ruleSet } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

/** `#libs/x` by the library's index, whether or not it has been built. */
const alias = globSync('libs/**/src/index.ts').map((index) => ({
  name: `#${dirname(dirname(index))}`,
  alias: resolve(index),
  onlyModule: true,
}));
const { output, exitCode } = await cruise(
  ['apps', 'libs'],
  { ...options, ruleSet, validate: true, outputType: process.argv[2] ?? 'err' },
  { alias, extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
);
console.log(output);
process.exitCode = exitCode;
