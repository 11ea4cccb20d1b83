import type { Pool, PoolClient } from 'pg';
import { SEVERITIES, type Alert } from '#libs/contracts';
import { Problem } from '#libs/platform/http';
import type { EpisodeRow } from '#libs/platform/storage';

/**
 * Refuses an act by somebody who has not seen the newest rise of the alert's severity. `sequence` is the newest that was seen; undefined:
 * the act meets the alert as it stands.
 *
 * @throws Problem 409 `alert-changed` with the alert as it stands; 400 when the alert has not come that far
 */
export async function refuseUnlessSeen(
  db: Pool | PoolClient,
  tenant: number,
  episode: EpisodeRow,
  sequence: number | undefined,
): Promise<void> {
  if (sequence === undefined) return;
  if (sequence > episode.sequence) {
    throw new Problem(400, 'invalid', 'the request does not have the expected shape', [
      {
        pointer: '/sequence',
        code: 'out-of-range',
        detail: `the newest sequence of this alert is ${episode.sequence}`,
      },
    ]);
  }
  const { rows } = await db.query<{ sequence: number; severity: Alert['severity'] }>(
    `SELECT sequence, alert->>'severity' AS severity FROM alert_transitions
    WHERE tenant = $1 AND episode = $2::uuid AND sequence >= $3 ORDER BY sequence`,
    [tenant, episode.id, sequence],
  );
  const rises = rows.some(({ severity }, i) => i > 0 && rankOf(severity) > rankOf(rows[i - 1]!.severity));
  if (!rises) return;
  throw new Problem(
    409,
    'alert-changed',
    `the severity has risen since sequence ${sequence}; look at the alert as it stands now`,
    [],
    {},
    { alert: episode.alert },
  );
}

function rankOf(severity: Alert['severity']): number {
  return SEVERITIES.length - SEVERITIES.indexOf(severity);
}
