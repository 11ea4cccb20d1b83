import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Alert, AlertListSchema, AlertsQuery, AlertWithTimelineSchema } from '#libs/contracts';
import { decodeCursor, notFound, pageOf } from '#libs/platform/http';
import { findEpisode, listEpisodes, timelineOf, type EpisodeRow } from '#libs/platform/storage';
import { Ms, Uuid } from '../twins/places.js';
import { iso } from '../wire.js';

const Place = z.object({ raisedAt: Ms, id: Uuid });

/** Alert episodes as clinicians' systems read them. */
export async function alerts(
  pool: Pool,
  tenant: number,
  query: z.output<typeof AlertsQuery>,
): Promise<z.input<typeof AlertListSchema>> {
  const list = { list: 'alerts', tenant };
  const rows = await listEpisodes(pool, tenant, {
    patient: query.patient,
    status: query.status,
    severity: query.severity,
    after: decodeCursor(list, Place, query.cursor),
    limit: query.limit + 1,
  });
  return pageOf(
    list,
    rows,
    query.limit,
    (row) => shownAlert(row.alert),
    ({ raisedAt, id }) => ({ raisedAt, id }),
  );
}

/** @throws Problem 404 */
export async function episodeOf(db: Pool | PoolClient, tenant: number, id: string): Promise<EpisodeRow> {
  const episode = await findEpisode(db, tenant, id);
  if (episode === undefined) throw notFound('the alert');
  return episode;
}

export async function alertWithTimeline(
  pool: Pool,
  tenant: number,
  id: string,
): Promise<z.input<typeof AlertWithTimelineSchema>> {
  const episode = await episodeOf(pool, tenant, id);
  const timeline = await timelineOf(pool, tenant, episode.id);
  return {
    ...shownAlert(episode.alert),
    timeline: timeline.map((step) => ({
      id: step.id,
      sequence: step.sequence,
      transition: step.transition,
      at: iso(step.at),
      recordedAt: iso(step.recordedAt),
      alert: shownAlert(step.alert),
    })),
  };
}

/** The stored alert is the answer; only its arrays are readonly where the schema's are not. */
export function shownAlert(alert: Alert): z.input<typeof AlertListSchema>['items'][number] {
  return alert as z.input<typeof AlertListSchema>['items'][number];
}
