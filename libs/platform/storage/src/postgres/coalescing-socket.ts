import { Socket } from 'node:net';

/**
 * A socket that hands to the kernel at once what is written in one turn of the event loop. The statements of a pipelined transaction are written
 * one by one (`sentTogether`); each would be a system call, a packet and a wake-up of the server of its own. Nothing waits longer for it:
 * they leave when the turn ends. Behind TLS it changes nothing.
 */
export function coalescingSocket(): Socket {
  const socket = new Socket();
  const write = socket.write.bind(socket) as (...args: readonly unknown[]) => boolean;
  let isGathering = false;
  socket.write = (...args: readonly unknown[]): boolean => {
    if (!isGathering && !socket.connecting) {
      isGathering = true;
      socket.cork();
      process.nextTick(() => {
        isGathering = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
  return socket;
}
