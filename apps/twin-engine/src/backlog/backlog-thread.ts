import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createPool, SourceKeys } from '#libs/platform/storage';
import { CATALOGUE } from '../catalogue.js';
import { Backlog } from './backlog.js';
import type { BacklogMessage } from './start-backlog.js';

/** The thread of the backlog lane: whatever a patient's backlog costs, the thread of live data is not delayed. */
const { databaseUrl } = workerData as { readonly databaseUrl: string };
const SLICE_MS = 100;
const BELOW_LIVE_DATA = 10;

function send(message: BacklogMessage): void {
  parentPort?.postMessage(message);
}

// On Linux of this thread alone: where processors are short, live data go first.
if (process.platform === 'linux') setPriority(0, BELOW_LIVE_DATA);

const pool = createPool(databaseUrl, { name: 'homeostat-backlog', max: 2 });
const backlog = new Backlog({
  pool,
  sources: new SourceKeys(),
  catalogue: CATALOGUE,
  sliceMs: SLICE_MS,
  onCommitted: (committed) => send({ kind: 'committed', committed }),
  onProblem: (problem) => send({ kind: 'problem', ...problem }),
});

parentPort?.on('message', (message: 'wake' | 'stop') => {
  if (message === 'wake') backlog.wake();
  else
    void backlog
      .stop()
      .then(() => pool.end())
      .finally(() => parentPort?.close());
});
backlog.wake();
