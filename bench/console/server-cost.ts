import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpuSecondsOfTree } from '../machine.js';

/** A process that reads the stream of the ward, see stream-reader.ts. */
export class StreamReader {
  private constructor(private readonly child: ChildProcess) {}

  static async start(url: string, token: string): Promise<StreamReader> {
    const child = spawn(
      process.execPath,
      ['dist/bench/console/stream-reader.js', `${url}/v1/stream`, `Bearer ${token}`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout!, 'data');
    return new StreamReader(child);
  }

  /** @returns how many bytes it was sent */
  async stop(): Promise<number> {
    const said: string[] = [];
    this.child.stdout!.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    this.child.kill('SIGTERM');
    await once(this.child, 'close');
    return Number.parseInt(said.join(''), 10);
  }
}

/** CPU-seconds that the server has used: the app and its Postgres. */
export function serverSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSecondsOfTree(pid), 0);
}
