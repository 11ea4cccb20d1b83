import { twinChannel, type HotState } from '#libs/platform/storage';
import type { EventStream } from './event-stream.js';
import type { TwinViews } from './twin-views.js';
import { WakeUp } from './wake-up.js';

/** How often to look without being woken; see alert-tail.ts. */
const POLL_MS = 1_000;
/** Between two events of one stream: a twin that changes faster is shown as it is then. */
const LEAST_PAUSE_MS = 50;

/**
 * Sends the twin whenever its version is newer than the one the client has: the newest state, not every step. The event id is the version, so
 * a client that resumes gets the newest twin at once if it missed anything.
 */
export async function pumpTwin(
  stream: EventStream,
  views: TwinViews,
  hot: Pick<HotState, 'subscribe'>,
  tenant: number,
  patient: string,
  lastId: bigint | undefined,
): Promise<void> {
  stream.begin();
  const changed = new WakeUp();
  let dirty = true;
  const stop = await hot
    .subscribe(twinChannel(tenant, patient), () => {
      dirty = true;
      changed.wake();
    })
    .catch(() => () => Promise.resolve());
  const never = new WakeUp();
  try {
    let sent = lastId ?? -1n;
    while (!stream.signal.aborted) {
      dirty = false;
      const version = await views.versionOf(tenant, patient);
      if (BigInt(version) > sent) {
        const view = await views.current(tenant, patient);
        if (!(await stream.send({ id: String(view.version), event: 'twin', data: JSON.stringify(view) }))) return;
        sent = BigInt(view.version);
        await never.wait(LEAST_PAUSE_MS, stream.signal);
      }
      if (!dirty) await changed.wait(POLL_MS, stream.signal);
    }
  } finally {
    await stop();
  }
}
