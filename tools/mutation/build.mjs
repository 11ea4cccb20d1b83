// In the sandbox of `npm run mutate:twin`: compiles what the suites run, and lays the stored examples beside it.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';

const EXAMPLES = 'libs/domain/twin/src/stored/fixtures';

execFileSync('tsc', ['--noCheck', '--incremental', 'false'], { stdio: 'inherit' });
cpSync(EXAMPLES, `dist/${EXAMPLES}`, { recursive: true });
