/**
 * A Jest runner for pure suites: each of its processes loads a module once, for all suites. Jest's own loads what a suite imports again
 * for each suite, in a context of its own, which takes longer than most of the tests. Suites of a process share the state of modules; pure code
 * has none.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));
/** Room for new objects, as the services have it; with V8's own, a twelfth of the time of all suites was the collector's. */
const FLAGS = ['--enable-source-maps', '--min-semi-space-size=32', '--max-semi-space-size=32'];

export default class OneProcessRunner {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  async runTests(tests, watcher, onStart, onResult, onFailure) {
    const waiting = [...tests];
    const work = async () => {
      let worker;
      for (let test = waiting.shift(); test !== undefined && !watcher.isInterrupted(); test = waiting.shift()) {
        worker ??= new Worker(this.globalConfig);
        await onStart(test);
        try {
          const result = await worker.run(test.path);
          // Jest says of a result without tests that it has none, whatever the reason.
          if (result.numPassingTests + result.numFailingTests === 0 && result.testExecError !== undefined)
            await onFailure(test, result.testExecError);
          else await onResult(test, { ...result, displayName: test.context.config.displayName });
        } catch (error) {
          worker = undefined;
          await onFailure(test, { message: error.message, stack: error.stack });
        }
      }
      worker?.end();
    };
    await Promise.all(Array.from({ length: this.globalConfig.maxWorkers }, work));
  }
}

class Worker {
  constructor({ testNamePattern, testTimeout }) {
    // Jest's own output goes to stderr.
    const stdio = ['ignore', process.stderr, 'inherit', 'ipc'];
    this.child = fork(WORKER, { execArgv: FLAGS, serialization: 'advanced', stdio });
    this.child.send({ testNamePattern, testTimeout });
  }

  /** @throws Error when the process ends instead of answering */
  run(path) {
    return new Promise((done, failed) => {
      const onExit = (code, signal) => failed(new Error(`the process of the tests ended with ${code ?? signal}`));
      this.child.once('exit', onExit);
      this.child.once('message', (result) => {
        this.child.off('exit', onExit);
        done(result);
      });
      this.child.send({ path });
    });
  }

  end() {
    this.child.kill();
  }
}
