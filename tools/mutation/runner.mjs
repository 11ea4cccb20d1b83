/**
 * A test runner for Stryker that loads the compiled suites once per process and then runs, for each mutant, the tests that reach it: a
 * run of Jest loads every module again, which takes seconds where the tests themselves take milliseconds. For pure suites only.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { collect, tests } from './stand-in.mjs';

register('./stand-in-hooks.mjs', {
  parentURL: import.meta.url,
  data: new URL('./stand-in.mjs', import.meta.url).href,
});

const DURATIONS = 'durations.json';

/** The object through which instrumented code and its test runner talk. */
const shared = (globalThis.__stryker__ ??= {});

class InProcessRunner {
  /** Milliseconds of each test, as last measured. */
  #took = new Map();
  #isLoaded = false;
  #isStained = false;
  /** How many mutants were active so far. */
  #mutants = 0;

  constructor(options) {
    this.suites = options.inProcess.suites;
    /** How the names of tests begin that take too long to run for each mutant. */
    this.leftOut = options.inProcess.leftOut;
  }

  /** Modules of this process stay as they are; for a mutant of module load Stryker starts another one. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    await this.#load();
    const results = [];
    for (const name of tests.keys()) {
      shared.currentTestId = name;
      const failureMessage = await this.#run(name);
      shared.currentTestId = undefined;
      const head = { id: name, name, timeSpentMs: this.#took.get(name) };
      results.push(failureMessage === null ? { ...head, status: 0 } : { ...head, status: 1, failureMessage });
    }
    // The sandbox is the working directory: for the processes that follow.
    writeFileSync(DURATIONS, JSON.stringify([...this.#took]));
    return { status: 'complete', tests: results, mutantCoverage: withoutBoth(shared.mutantCoverage) };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    // Stryker then tries again in a new process.
    if (this.#isStained) throw new Error('a mutant before left something that makes tests fail');
    if (mutantActivation === 'static') shared.activeMutant = activeMutant.id;
    await this.#load();
    const names = [...(testFilter ?? tests.keys())].sort((a, b) => this.#tookOf(a) - this.#tookOf(b));
    shared.activeMutant = activeMutant.id;
    shared.hitCount = hitLimit === undefined ? undefined : 0;
    shared.hitLimit = hitLimit;
    const result = await this.#firstFailure(names);
    shared.activeMutant = undefined;
    shared.hitCount = undefined;
    shared.hitLimit = undefined;
    if (result.status === 'killed' && mutantActivation !== 'static') await this.#makeSure(result);
    this.#mutants++;
    return result;
  }

  async #firstFailure(names) {
    for (const [i, name] of names.entries()) {
      const failureMessage = await this.#run(name);
      if (shared.hitLimit !== undefined && shared.hitCount > shared.hitLimit)
        return { status: 'timeout', reason: `reached ${shared.hitCount} times` };
      if (failureMessage !== null) return { status: 'killed', killedBy: [name], failureMessage, nrOfTests: i + 1 };
    }
    return { status: 'survived', nrOfTests: names.length };
  }

  /**
   * A mutant may leave something in a cache that lives as long as its module. A test that fails without the mutant too has killed it only
   * when no other mutant was active in this process before.
   */
  async #makeSure({ killedBy: [name] }) {
    if ((await this.#run(name)) === null) return;
    this.#isStained = true;
    if (this.#mutants > 0) throw new Error(`fails without the mutant too: ${name}`);
  }

  #tookOf(name) {
    return this.#took.get(name) ?? 0;
  }

  /** Null when the test passes. */
  async #run(name) {
    const began = performance.now();
    try {
      await tests.get(name)();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      if (shared.activeMutant === undefined) this.#took.set(name, performance.now() - began);
    }
  }

  async #load() {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    if (existsSync(DURATIONS)) this.#took = new Map(JSON.parse(readFileSync(DURATIONS, 'utf8')));
    const files = globSync(this.suites).sort();
    for (const file of files) await collect(path.basename(file, '.spec.js'), pathToFileURL(path.resolve(file)).href);
    for (const beginning of this.leftOut) {
      const names = [...tests.keys()].filter((name) => name.startsWith(beginning));
      if (names.length === 0) throw new Error(`no test to leave out: ${beginning}`);
      for (const name of names) tests.delete(name);
    }
  }
}

/** What tests reach is switched on for them, also when it was reached by loading too: it needs no process of its own. */
function withoutBoth({ static: atLoad, perTest }) {
  const reached = new Set(Object.values(perTest).flatMap((hits) => Object.keys(hits)));
  return { perTest, static: Object.fromEntries(Object.entries(atLoad).filter(([mutant]) => !reached.has(mutant))) };
}

function inProcess(options) {
  return new InProcessRunner(options);
}
inProcess.inject = ['options'];

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', factory: inProcess }];
