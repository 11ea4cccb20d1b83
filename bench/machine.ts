import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import type { Deployment } from '../test/support/deployment.js';
import type { OwnServices } from '../test/support/services.js';

/** One line about where a figure was measured. */
export function machine(): string {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${gib} GiB, ${process.platform} ${process.arch}, Node ${process.version}, commit ${commit()}`;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

const TICKS_PER_SECOND = 100;

/** CPU-seconds (user and system) that one process has used so far, its children not counted; from /proc. NaN where there is none. */
export function cpuSeconds(pid: number): number {
  return (ticks(pid)?.own ?? Number.NaN) / TICKS_PER_SECOND;
}

/** The same of a process, its living descendants and those that have ended: Postgres works in child processes that come and go. */
export function cpuSecondsOfTree(root: number): number {
  let sum = 0;
  for (const pid of processTree(root)) {
    const { own, ended } = ticks(pid) ?? { own: 0, ended: 0 };
    sum += own + ended;
  }
  return sum / TICKS_PER_SECOND;
}

/** Of the process itself and of its children that have ended; undefined when it has ended itself. */
function ticks(pid: number): { readonly own: number; readonly ended: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { own: fields[11]! + fields[12]!, ended: fields[13]! + fields[14]! };
  } catch {
    return undefined;
  }
}

/** CPU-seconds that everything on the machine has used since it was started; from /proc. NaN where there is none. */
export function busySeconds(): number {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
      readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
    )
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

function processTree(root: number): readonly number[] {
  const parents = new Map<number, number[]>();
  for (const line of execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    parents.set(parent, [...(parents.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (let index = 0; index < tree.length; index += 1) tree.push(...(parents.get(tree[index] ?? 0) ?? []));
  return tree;
}

/** CPU-seconds that each part of a system has used since it was made. */
export class CpuShares {
  private readonly before: ReadonlyMap<string, number>;

  constructor(private readonly roots: Readonly<Record<string, number>>) {
    this.before = this.read();
  }

  used(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.read()].map(([name, now]) => [name, now - (this.before.get(name) ?? 0)]));
  }

  private read(): ReadonlyMap<string, number> {
    // The bench itself is the parent of everything it has started.
    return new Map(
      Object.entries(this.roots).map(([name, pid]) => [
        name,
        pid === process.pid ? cpuSeconds(pid) : cpuSecondsOfTree(pid),
      ]),
    );
  }
}

/** Roots of the parts of a system that is measured: apps (several engines count as one each), servers and the client. */
export function processesOf(
  system: Pick<Deployment, 'apps'>,
  services: Pick<OwnServices, 'pids'>,
): Readonly<Record<string, number>> {
  const apps: Record<string, number> = {};
  for (const { role, pid } of system.apps()) apps[role in apps ? `${role} ${pid}` : role] = pid ?? 0;
  return { ...apps, ...services.pids(), client: process.pid };
}

/** The value below which a part of the values lies (nearest rank). */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? Number.NaN;
}
