import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium, MissingServiceError, startServices } from '../services/index.js';
import { closingLines, totalsOf, type RunReport } from './totals.js';

/**
 * Runs the suites that were asked for (all when none was), with the services they need, and closes with the totals.
 * `pure` needs nothing, `int` and `e2e` get Postgres, Redis, Kafka and Mosquitto; `e2e` a browser as well.
 */
const PROJECTS = ['pure', 'int', 'e2e'] as const;
type Project = (typeof PROJECTS)[number];

const asked = process.argv.slice(2);
const projects = PROJECTS.filter((project) => asked.includes(project));
const patterns = asked.filter((word) => !PROJECTS.includes(word as Project));
const chosen: readonly Project[] = projects.length > 0 ? projects : PROJECTS;

/**
 * Whole-flow suites that measure no time, and wait more than they compute: two at a time. Every other one has the machine to itself, as
 * each has that was asked for by its path.
 */
const SIDE_BY_SIDE = [
  'test/conformance/',
  'test/e2e/(backlog|fhir-crash|openapi-answers|real-input|start-anywhere)',
  'test/browser/(every-page|keyboard|operations|patient-acts|patient-values|sign-in)',
].join('|');

/** One run of Jest over suites of a project. */
interface Run {
  readonly project: Project;
  readonly name: string;
  readonly options: readonly string[];
}

// Suites with services share two cores and one database server with each other: what waits there is not what is tested.
const PATIENCE = '--testTimeout=30000';
const IN_BAND = ['--runInBand', PATIENCE];
const RUNS: Readonly<Record<Project, readonly Run[]>> = {
  pure: [{ project: 'pure', name: 'pure', options: ['--maxWorkers=2', ...patterns] }],
  int: [{ project: 'int', name: 'int', options: ['--maxWorkers=2', PATIENCE, ...patterns] }],
  e2e:
    patterns.length > 0
      ? [{ project: 'e2e', name: 'e2e', options: [...IN_BAND, ...patterns] }]
      : [
          { project: 'e2e', name: 'e2e-side-by-side', options: ['--maxWorkers=2', PATIENCE, SIDE_BY_SIDE] },
          { project: 'e2e', name: 'e2e', options: [...IN_BAND, `--testPathIgnorePatterns=${SIDE_BY_SIDE}`] },
        ],
};

async function main(): Promise<number> {
  mkdirSync('.cache', { recursive: true });
  const needServices = chosen.some((project) => project !== 'pure');
  const started = needServices
    ? await startServices(['postgres', 'redis', 'kafka', 'mosquitto'], process.env, { durable: false })
    : undefined;
  const browser = chosen.includes('e2e') ? { CHROMIUM: chromium(process.env['CHROMIUM']) } : {};
  const reports: RunReport[] = [];
  let failedRuns = 0;
  try {
    for (const run of chosen.flatMap((project) => RUNS[project])) {
      const { code, report } = await runJest(run, { ...started?.env, ...browser });
      reports.push(report);
      if (code !== 0) failedRuns += 1;
    }
  } finally {
    await started?.stop();
  }
  const totals = totalsOf(reports);
  console.log(`\n${closingLines(totals).join('\n')}`);
  return failedRuns > 0 || totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

async function runJest(
  run: Run,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly report: RunReport }> {
  const output = `.cache/jest-${run.name}.json`;
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      run.project,
      '--json',
      `--outputFile=${output}`,
      '--passWithNoTests',
      ...run.options,
    ],
    // Jest's report goes to stderr, its JSON to the file and to stdout.
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } },
  );
  const code = await new Promise<number>((done) => child.once('exit', (status) => done(status ?? 1)));
  return { code, report: JSON.parse(readFileSync(output, 'utf8')) as RunReport };
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof MissingServiceError ? error.message : error);
  return 1;
});
