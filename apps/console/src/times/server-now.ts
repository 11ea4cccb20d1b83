import { live } from '../live/live.js';

/** The server's time, ms; ages and what is asked of the server are reckoned by it, because the viewer's clock may be wrong. */
export function serverNow(): number {
  return live.clock.now();
}
