import { percentile } from '../machine.js';
import type { View } from './first-views.js';
import type { PageRun } from './page-run.js';
import type { Block } from './with-and-without.js';

const LIMITS_MS = [50, 100, 200];

/** The figures of one run of the page. */
export function printRun(run: PageRun): void {
  const { tasks, paints, heap, rendererCores, shownAfterMs, notShown } = run;
  const longest = tasks.toSorted((a, b) => b.cpuMs - a.cpuMs).slice(0, 5);
  const over = LIMITS_MS.map((limit) => `${tasks.filter(({ cpuMs }) => cpuMs > limit).length} over ${limit} ms`);
  console.log(
    `   tasks of the main thread: ${tasks.length}, by CPU ${over.join(', ')}; page ${rendererCores.toFixed(2)} cores`,
  );
  for (const { cpuMs, wallMs, mostly } of longest)
    console.log(`     ${cpuMs.toFixed(1)} ms CPU, ${wallMs.toFixed(1)} ms wall: ${mostly}`);
  console.log(
    `   heap after collection: ${heap.map(({ seconds, megabytes }) => `${seconds} s ${megabytes.toFixed(1)} MB`).join(', ')}`,
  );
  console.log(`   paints: ${paints}`);
  console.log(
    `   sample to screen: p50 ${percentile(shownAfterMs, 0.5)} ms, largest ${Math.max(...shownAfterMs)} ms (${shownAfterMs.length} probes, ${notShown} not shown)`,
  );
}

/** Median and worst of the runs. */
export function printRuns(runs: readonly PageRun[]): void {
  const figure = (name: string, of: (run: PageRun) => number): void => {
    const values = runs.map(of);
    console.log(
      `${name.padEnd(48)} median ${percentile(values, 0.5).toFixed(1)}, worst ${Math.max(...values).toFixed(1)}`,
    );
  };
  console.log(`${runs.length} runs`);
  figure('longest task, ms CPU', ({ tasks }) => Math.max(...tasks.map(({ cpuMs }) => cpuMs)));
  for (const limit of LIMITS_MS)
    figure(`tasks over ${limit} ms CPU`, ({ tasks }) => tasks.filter(({ cpuMs }) => cpuMs > limit).length);
  figure('heap growth, MB/min', ({ heap }) => growth(heap));
  figure('page, cores', ({ rendererCores }) => rendererCores);
  figure('sample to screen, p50, ms', ({ shownAfterMs }) => percentile(shownAfterMs, 0.5));
  figure('sample to screen, largest, ms', ({ shownAfterMs }) => Math.max(...shownAfterMs));
  figure('probes not shown', ({ notShown }) => notShown);
}

export function printViews(name: string, views: readonly View[], withWaterfall: boolean): void {
  const times = views.map(({ ms }) => ms);
  const bytes = Math.max(...views.map(({ scriptBytes }) => scriptBytes));
  console.log(
    `view, ${name.padEnd(24)} median ${percentile(times, 0.5).toFixed(0)} ms, worst ${Math.max(...times).toFixed(0)} ms (${times.length}); JavaScript over the wire ${(bytes / 1000).toFixed(1)} kB`,
  );
  if (withWaterfall) for (const line of views.at(-1)?.waterfall ?? []) console.log(`   ${line}`);
}

/** A figure with and without a reader: medians of the blocks, and their ratio. */
export function printBlocks<F>(name: string, blocks: readonly Block<F>[], of: (figures: F) => number): void {
  const [without, with_] = [false, true].map((reads) => blocks.filter(({ hasReader }) => hasReader === reads));
  const median = (some: readonly Block<F>[] | undefined, value: (block: Block<F>) => number): number =>
    percentile((some ?? []).map(value), 0.5);
  const line = (text: string, value: (block: Block<F>) => number): void => {
    const [a, b] = [median(without, value), median(with_, value)];
    console.log(
      `${text.padEnd(36)} without ${a.toFixed(1)}, with one console ${b.toFixed(1)}, ratio ${(b / a).toFixed(3)}`,
    );
    for (const some of [without, with_])
      console.log(`     ${(some ?? []).map((one) => value(one).toFixed(1)).join('  ')}`);
  };
  line(name, ({ figures }) => of(figures));
  line('CPU of the server for a sample, µs', ({ cpuMicros }) => cpuMicros);
  console.log(`     the reader was sent ${(median(with_, ({ readBytes }) => readBytes) / 1000).toFixed(0)} kB/s`);
}

/** How much it grows, MB/min: of a line through the readings, least squares. */
function growth(heap: PageRun['heap']): number {
  const mean = (of: (reading: PageRun['heap'][number]) => number): number =>
    heap.reduce((sum, reading) => sum + of(reading), 0) / heap.length;
  const middle = { seconds: mean(({ seconds }) => seconds), megabytes: mean(({ megabytes }) => megabytes) };
  const away = mean(({ seconds, megabytes }) => (seconds - middle.seconds) * (megabytes - middle.megabytes));
  return (away / mean(({ seconds }) => (seconds - middle.seconds) ** 2)) * 60;
}
