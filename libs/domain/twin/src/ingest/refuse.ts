import type { WireSample } from '#libs/contracts';
import { drop, type Change, type Draft } from '../state/draft.js';
import type { Cited } from '../state/cited.js';

/** Refused values that one record lists; more are counted. A record holds at most some thousand. */
const MAX_LISTED = 100;

/** Counts a sample that no use can be made of, and lists it for its sender. */
export function refuseSample(
  draft: Draft,
  sample: WireSample,
  sender: { readonly source: string; readonly device: string },
  reason: string,
): void {
  drop(draft, reason);
  if (draft.refused.length >= MAX_LISTED) return;
  draft.refused.push({
    reason,
    code: sample.c,
    t: sample.t,
    source: sample.f ?? sender.source,
    device: sample.d ?? sender.device,
    ...(sample.x === undefined ? undefined : { x: sample.x }),
    ...(sample.i === undefined ? undefined : { id: sample.i }),
  });
}

/**
 * Counts a version that is stored and not judged, by any rule or by one detector. It keeps the quality that was sent, says in its reasons
 * that it was not judged, and is listed for its sender.
 */
export function refuseVersion(draft: Draft, change: Change, reason: string): void {
  drop(draft, reason);
  const { code, t, x, source, device, id, identity, version, judged, quality, reasons = [] } = change;
  change.judged = { quality: judged?.quality ?? quality, reasons: [...(judged?.reasons ?? reasons), reason] };
  if (draft.refused.length >= MAX_LISTED) return;
  draft.refused.push({
    reason,
    code,
    t,
    source,
    device,
    stored: { identity, version },
    ...(x === undefined ? undefined : { x }),
    ...(id === undefined ? undefined : { id }),
  });
}

/**
 * The same for a value that a detector refuses; only with the record that brought it, not again with each refold, and once for all parts of
 * a series.
 */
export function refuseCited(draft: Draft, cited: Cited, reason: string): void {
  const change = draft.measurements.find(
    ({ identity, version }) => identity === cited.identity && version === cited.version,
  );
  if (change === undefined || change.judged?.reasons.includes(reason) === true) drop(draft, reason);
  else refuseVersion(draft, change, reason);
}
