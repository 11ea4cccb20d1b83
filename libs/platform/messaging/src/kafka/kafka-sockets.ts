import net from 'node:net';
import tls from 'node:tls';

export interface SocketRequest {
  readonly host: string;
  readonly port: number;
  /** Absent, null or false: no TLS. */
  readonly ssl?: tls.ConnectionOptions | null | false;
  readonly onConnect: () => void;
}

/**
 * Makes the sockets of one Kafka client: without Nagle's delay, which costs small requests tens of milliseconds, and such that a
 * test can cut them all for good, which to the broker looks like the death of the process.
 */
export class KafkaSockets {
  private readonly open = new Set<net.Socket>();
  private severed = false;

  readonly create = (request: SocketRequest): net.Socket => {
    const { host, port, ssl, onConnect } = request;
    const socket = ssl
      ? tls.connect({ host, port, ...nameOf(host), ...ssl }, onConnect)
      : net.connect({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000);
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    if (this.severed) socket.destroy(new Error('severed'));
    return socket;
  };

  get isSevered(): boolean {
    return this.severed;
  }

  sever(): void {
    this.severed = true;
    for (const socket of this.open) socket.destroy(new Error('severed'));
  }
}

/** An address is no server name (RFC 6066 §3). */
function nameOf(host: string): { readonly servername?: string } {
  return net.isIP(host) === 0 ? { servername: host } : {};
}
