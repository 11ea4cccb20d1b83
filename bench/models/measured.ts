/** CPU milliseconds (user and system, other threads of this process included) of each run, after runs that warm up the code. */
export function cpuMilliseconds(runs: number, work: (run: number) => void, warmUp = 1): readonly number[] {
  for (let run = 0; run < warmUp; run += 1) work(run);
  return Array.from({ length: runs }, (_, run) => {
    const began = process.cpuUsage();
    work(run);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  });
}

/** Median and largest, in words. */
export function summary(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]!.toFixed(0)} ms median, ${sorted.at(-1)!.toFixed(0)} ms at most`;
}
