// `npm test [-- pure|int|e2e|path…]`: installs and builds what is needed, then hands over to tools/test/main.ts.
import { spawn } from 'node:child_process';
import { installAndBuild, NODE } from './install-and-build.mjs';

installAndBuild();
const child = spawn(NODE, ['--enable-source-maps', 'dist/tools/test/main.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
