import { startEmbeddedPostgres } from '#libs/platform/embedded-postgres';
import { freePort, type Service } from './service.js';

/** What a machine that loses power would lose is written when there is time. No test takes the machine's power away. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0'];

/**
 * PostgreSQL 18 from npm, the same that a newcomer's installation runs on.
 *
 * @param durable whether it waits for the disk, as it does for users; without, many short-lived databases come and go quickly
 */
export async function startPostgres(folder: string, { durable }: { readonly durable: boolean }): Promise<Service> {
  const port = await freePort();
  const options = { dataDir: folder, port, settings: durable ? [] : FORGETFUL };
  let server = await startEmbeddedPostgres(options);
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
      server = await startEmbeddedPostgres(options);
    },
  };
}
