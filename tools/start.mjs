// `npm run demo`, `start:all`, `start:<app>`, `bench`, …: installs and builds what is needed, then runs the role under the project's Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installAndBuild, NODE, NODE_FLAGS, ROOT } from './install-and-build.mjs';

const ENTRIES = {
  demo: 'dist/apps/all-in-one/src/demo/main.js',
  bench: 'dist/bench/main.js',
  'bench-backfill': 'dist/bench/backfill.js',
  'bench-console': 'dist/bench/console/main.js',
  'bench-core': 'dist/bench/core.js',
  'bench-latency': 'dist/bench/latency.js',
  'bench-fhir': 'dist/bench/fhir/transactions.js',
  'bench-fhir-core': 'dist/bench/fhir/core.js',
  'bench-models': 'dist/bench/models/main.js',
  'bench-what-if': 'dist/bench/what-if.js',
  'bench-search': 'dist/bench/fhir/search.js',
  'bench-first-alert': 'dist/bench/first-alert.js',
  offsets: 'dist/apps/twin-engine/src/offsets/main.js',
  'bench-upgrade': 'dist/bench/releases/upgrade.js',
  'bench-start-up': 'dist/bench/releases/start-up.js',
  screenshots: 'dist/tools/screenshots/main.js',
  'real-input': 'dist/tools/real-input/main.js',
  conformance: 'dist/test/conformance/main.js',
  user: 'dist/apps/twin-api/src/users/main.js',
  rebuild: 'dist/apps/twin-engine/src/rebuild/main.js',
  replay: 'dist/tools/replay/main.js',
  validate: 'dist/tools/validate/main.js',
  'compare-validation': 'dist/tools/compare-validation/main.js',
};

const [role = 'all-in-one', ...rest] = process.argv.slice(2);
installAndBuild();
const entry = ENTRIES[role] ?? `dist/apps/${role}/src/main.js`;
if (!existsSync(entry)) {
  console.error(`there is nothing to start called ${role}`);
  process.exit(64);
}
const child = spawn(NODE, [...NODE_FLAGS, entry, ...rest], {
  stdio: 'inherit',
  // Code that is compiled already: a quarter of the CPU time of loading is saved from the second start on.
  env: { NODE_COMPILE_CACHE: join(ROOT, '.cache/node'), ...process.env },
});
// A terminal sends Ctrl-C to both of us; the child decides when it is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
