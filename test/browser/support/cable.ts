import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What lies between a browser and the server; others reach the server without it. */
export class Cable {
  private readonly ends = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    port: number,
  ) {
    server.on('connection', (here) => {
      if (this.isCut) return here.destroy();
      const there = connect(port, '127.0.0.1');
      for (const [end, other] of [
        [here, there],
        [there, here],
      ] as const) {
        this.ends.add(end);
        end.on('error', () => other.destroy()).on('close', () => (this.ends.delete(end), other.destroy()));
        end.pipe(other);
      }
    });
  }

  /** To a port of this machine. */
  static async to(port: number): Promise<Cable> {
    const server = createServer();
    const cable = new Cable(server, port);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return cable;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.isCut = true;
    for (const end of this.ends) end.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
