import './hooks.mjs';
import { pathToFileURL } from 'node:url';
import { circus } from './globals.mjs';

/** What the command line of Jest says: a pattern of the names of tests, and how long each may take, ms. */
let testNamePattern;
let testTimeout;

process.on('message', async (message) => {
  if ('path' in message) process.send(await run(message.path));
  else ({ testNamePattern, testTimeout } = message);
});

/** Imports a suite, runs its tests and answers what Jest wants to know of them. */
async function run(path) {
  const start = Date.now();
  circus.resetState();
  const state = circus.getState();
  if (testNamePattern) state.testNamePattern = new RegExp(testNamePattern, 'i');
  if (testTimeout) state.testTimeout = testTimeout;
  let results = [];
  let errors = [];
  try {
    await import(pathToFileURL(path).href);
    const ran = await circus.run();
    results = ran.testResults.map(resultOf);
    errors = ran.unhandledErrors;
  } catch (error) {
    errors = [error.stack ?? String(error)];
  }
  const end = Date.now();
  const count = (status) => results.filter((result) => result.status === status).length;
  const failures = results.flatMap(({ ancestorTitles, title, failureMessages }) =>
    failureMessages.map((text) => `  ● ${[...ancestorTitles, title].join(' › ')}\n\n${indented(text)}\n`),
  );
  const failureMessage = [...failures, ...errors.map((text) => `  ● the suite\n\n${indented(text)}\n`)].join('\n');
  return {
    failureMessage: failureMessage === '' ? null : failureMessage,
    leaks: false,
    numFailingTests: count('failed'),
    numPassingTests: count('passed'),
    numPendingTests: count('pending'),
    numTodoTests: count('todo'),
    openHandles: [],
    perfStats: { start, end, runtime: end - start, slow: end - start > 5_000 },
    skipped: false,
    snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
    testExecError: errors.length > 0 ? { message: errors[0], stack: errors.join('\n') } : undefined,
    testFilePath: path,
    testResults: results,
  };
}

/** A test as Jest reports it; the first of its names is that of the root. */
function resultOf({ testPath, status, duration, errors, startedAt, numPassingAsserts, invocations }) {
  const names = testPath.slice(1);
  return {
    ancestorTitles: names.slice(0, -1),
    duration,
    failureDetails: [],
    failureMessages: errors,
    fullName: names.join(' '),
    invocations,
    location: null,
    numPassingAsserts,
    retryReasons: [],
    startAt: startedAt,
    status: status === 'skip' ? 'pending' : status === 'todo' ? 'todo' : errors.length > 0 ? 'failed' : 'passed',
    title: names.at(-1),
  };
}

function indented(text) {
  return text.replaceAll(/^/gm, '    ');
}
