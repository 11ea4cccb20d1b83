import { createHash } from 'node:crypto';
import { twinChannel, type HotState } from '#libs/platform/storage';
import { cursorUnknown, type EventStream } from './event-stream.js';
import type { TwinViews } from '../twins/twin-views.js';
import { WakeUp } from './wake-up.js';

/** How often to look without being woken; see alert-tail.ts. */
const POLL_MS = 1_000;
/** Between two events of one stream: a twin that changes faster is shown as it is then. */
const MIN_PAUSE_MS = 50;

/** The id of the event that shows a version of a twin; no other twin's, and no other stream's, looks like it. */
function eventId(tenant: number, patient: string, version: number): string {
  const whose = createHash('sha256').update(`${tenant}/${patient}`).digest('base64url').slice(0, 11);
  return `${version}.${whose}`;
}

/**
 * The version that a `Last-Event-ID` names.
 * @throws {Problem} 410 when it is not that of a version of this twin; 404 when there is no such patient
 */
export async function versionSeen(
  views: Pick<TwinViews, 'versionOf' | 'storedVersionOf'>,
  tenant: number,
  patient: string,
  lastId: string | undefined,
): Promise<number | undefined> {
  const shown = await views.versionOf(tenant, patient);
  if (lastId === undefined) return undefined;
  const version = Number(/^(\d{1,15})\./.exec(lastId)?.[1] ?? NaN);
  if (lastId === eventId(tenant, patient, version)) {
    // What another process has shown may not have reached the hot state of this one yet.
    if (version <= shown || version <= (await views.storedVersionOf(tenant, patient))) return version;
  }
  throw cursorUnknown('connect without it to be sent the twin as it is');
}

/**
 * Sends the twin whenever its version is newer than the one the client has (`seen`): the newest state, not every step. A client that
 * resumes gets the newest twin at once if it missed anything. The newest forecasts follow, on each connection and whenever they are other ones; they have no place
 * of their own to resume from, and none is missed.
 *
 * @param forecasts the newest one of each measure; undefined: this client may not see them
 */
export async function pumpTwin(
  stream: EventStream,
  views: TwinViews,
  hot: Pick<HotState, 'subscribe'>,
  tenant: number,
  patient: string,
  seen: number | undefined,
  forecasts: NewestForecasts | undefined,
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
    let sent = seen ?? -1;
    let forecastsOf = -1;
    const shown = new Map<string, string>();
    while (!stream.signal.aborted) {
      dirty = false;
      const version = await views.versionOf(tenant, patient);
      if (version > sent) {
        const view = await views.current(tenant, patient);
        if (
          !(await stream.send({
            id: eventId(tenant, patient, view.version),
            event: 'twin',
            data: JSON.stringify(view),
          }))
        )
          return;
        sent = view.version;
        await never.wait(MIN_PAUSE_MS, stream.signal);
      }
      if (forecasts !== undefined && version > forecastsOf) {
        if (!(await sendForecasts(stream, await forecasts(), shown))) return;
        forecastsOf = version;
      }
      if (!dirty) await changed.wait(POLL_MS, stream.signal);
    }
  } finally {
    await stop();
  }
}

type NewestForecasts = () => Promise<readonly { readonly id: string; readonly code: string }[]>;

/** @param shown id of the forecast last sent, by measure; false: the stream has ended */
async function sendForecasts(
  stream: EventStream,
  newest: Awaited<ReturnType<NewestForecasts>>,
  shown: Map<string, string>,
): Promise<boolean> {
  for (const forecast of newest) {
    const { code, id } = forecast;
    if (shown.get(code) === id) continue;
    if (!(await stream.send({ event: 'forecast', data: JSON.stringify(forecast) }))) return false;
    shown.set(code, id);
  }
  return true;
}
