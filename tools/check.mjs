// `npm run check`: types, lint, format, layers, dead code and pure tests, some at a time; each one's output is printed when it ends.
// `-- --without-tests` leaves the tests out, for whoever runs `npm test` next.
import { spawn } from 'node:child_process';

/** A fifth of the runs of each property test, unless the environment says otherwise: `npm test` has them all. */
const PROPERTIES = { PROPERTY_RUNS_PERCENT: '20' };
/** The checker of types and the linter are Go: with a heap of five times what is in use, not twice, the linter takes a fifth less CPU time. */
const GO = { GOGC: '400' };
const env = { ...PROPERTIES, ...GO, ...process.env };

/** Files that others read: the database client, and the types of the API for the pages. */
const FIRST = ['generated files', 'npm run -s generate'];
/**
 * Longest first, so that none is left alone at the end. Checkers of types, and threads of the linter, that run beside each other work out
 * the same types: one of each takes a quarter less CPU time, and other steps have the other core.
 */
const STEPS = [
  ...(process.argv.includes('--without-tests')
    ? []
    : [['pure tests', 'npm run -s jest -- --selectProjects pure --maxWorkers=1']]),
  ['layers', 'npm run -s layers'],
  ['types', 'tsc --noEmit --checkers 1 && tsc -p apps/console --checkers 1'],
  ['lint', 'GOMAXPROCS=1 npm run -s lint'],
  ['dead code', 'npm run -s dead'],
  ['format', 'npm run -s format:check'],
];
/** For two cores. The pure tests take as long as all else: a third step beside them would only make them slower, and them the last to end. */
const TOGETHER = 2;

function run([name, command]) {
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const verdict = code === 0 ? 'ok' : `failed (${code})`;
      if (code !== 0) console.log(output.trimEnd());
      console.log(`${name}: ${verdict}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
      resolve(code === 0);
    });
  });
}

const waiting = [...STEPS];
async function worker() {
  let good = true;
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) good = (await run(step)) && good;
  return good;
}
const began = Date.now();
const good = await run(FIRST);
const results = await Promise.all(Array.from({ length: TOGETHER }, worker));
console.log(`check: ${((Date.now() - began) / 1000).toFixed(1)} s`);
process.exitCode = good && results.every(Boolean) ? 0 : 1;
