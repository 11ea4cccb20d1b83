// `npm run check`: types, lint, format, layers, dead code and pure tests, two at a time; each one's output is printed when it ends.
import { spawn } from 'node:child_process';

const FIRST = ['types', 'npm run -s types'];
const STEPS = [
  ...[1, 2, 3].map((n) => [
    `pure tests ${n} of 3`,
    `npm run -s jest -- --selectProjects pure --maxWorkers=1 --shard=${n}/3`,
  ]),
  ['lint', 'npm run -s lint'],
  ['format', 'npm run -s format:check'],
  ['layers', 'npm run -s layers'],
  ['dead code', 'npm run -s dead'],
];
const TOGETHER = 2;

function run([name, command]) {
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
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
// Makes the database client that the other steps read.
const first = await run(FIRST);
const results = await Promise.all(Array.from({ length: TOGETHER }, worker));
console.log(`check: ${((Date.now() - began) / 1000).toFixed(1)} s`);
process.exitCode = first && results.every(Boolean) ? 0 : 1;
