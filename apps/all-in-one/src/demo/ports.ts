import { createServer } from 'node:net';

/** Whether this process can listen there now. Port 0 always can. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, host, () => server.close(() => answer(true)));
  });
}
