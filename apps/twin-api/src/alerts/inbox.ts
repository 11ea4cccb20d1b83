import type { Pool } from 'pg';
import { z } from 'zod';
import { SEVERITIES, type AlertListSchema, type AlertsQuery } from '#libs/contracts';
import { decodeCursor, pageOf, Problem } from '#libs/platform/http';
import { endedCount, endedPage, inboxCount, inboxPage, type InboxGroup } from '#libs/platform/storage';
import { Ms, Uuid } from '../twins/places.js';
import { shownAlert } from './episodes.js';

/** What waits for somebody comes first, then what somebody has seen, then what is silenced. */
const STATUSES = ['open', 'acknowledged', 'snoozed'] as const;
const GROUPS: readonly InboxGroup[] = STATUSES.flatMap((status) =>
  SEVERITIES.map((severity) => ({ status, severity })),
);

const Place = z.object({ status: z.enum(STATUSES), severity: z.enum(SEVERITIES), raisedAt: Ms, id: Uuid });

/**
 * Alerts that have not ended: open, then acknowledged, then snoozed; high to low; the longest waiting first. `total` counts all that the
 * filter takes, also those of other pages. Alerts of patients who were deleted or merged are left out.
 *
 * @throws Problem 400 for a status of alerts that have ended
 */
export async function alertInbox(
  pool: Pool,
  tenant: number,
  query: z.output<typeof AlertsQuery>,
): Promise<z.input<typeof AlertListSchema>> {
  const { patient, status, severity, limit } = query;
  if (status !== undefined && !STATUSES.some((one) => one === status)) throw hasEnded();
  const all = GROUPS.filter(
    (group) => (status ?? group.status) === group.status && (severity ?? group.severity) === group.severity,
  );
  // A cursor belongs to the filter that it was given with: under another one its place would hide alerts.
  const list = { list: 'alert-inbox', tenant, of: [patient, status, severity].map((part) => part ?? '').join(' ') };
  const after = decodeCursor(list, Place, query.cursor);
  const groups = all.slice(after === undefined ? 0 : all.findIndex((group) => isOf(group, after)));
  const [rows, total] = await Promise.all([
    inboxPage(pool, tenant, { groups, patient, after, limit: limit + 1 }),
    inboxCount(pool, tenant, all, patient),
  ]);
  const page = pageOf(
    list,
    rows,
    limit,
    (row) => shownAlert(row.alert),
    (row) => ({ status: row.status, severity: row.severity, raisedAt: row.raisedAt, id: row.id }),
  );
  return { ...page, total };
}

const EndedPlace = Place.pick({ raisedAt: true, id: true });

/**
 * Alerts that have ended, the newest first, with `total`, of the same patients as the inbox.
 *
 * @throws Problem 400 for a status of alerts that have not ended
 */
export async function endedAlerts(
  pool: Pool,
  tenant: number,
  query: z.output<typeof AlertsQuery>,
): Promise<z.input<typeof AlertListSchema>> {
  const { patient, status, severity, limit } = query;
  if (status === 'open' || status === 'acknowledged' || status === 'snoozed') throw hasNotEnded();
  const list = { list: 'alerts-ended', tenant, of: [patient, status, severity].map((part) => part ?? '').join(' ') };
  const after = decodeCursor(list, EndedPlace, query.cursor);
  const filter = { patient, status, severity };
  const [rows, total] = await Promise.all([
    endedPage(pool, tenant, filter, { after, limit: limit + 1 }),
    endedCount(pool, tenant, filter),
  ]);
  const page = pageOf(
    list,
    rows,
    limit,
    (row) => shownAlert(row.alert),
    ({ raisedAt, id }) => ({ raisedAt, id }),
  );
  return { ...page, total };
}

function isOf(group: InboxGroup, place: InboxGroup): boolean {
  return group.status === place.status && group.severity === place.severity;
}

function hasEnded(): Problem {
  return unfitStatus(
    'not-in-the-inbox',
    `must be one of ${STATUSES.join(', ')}: the inbox holds what has not ended; ask with \`sort=ended\` for others`,
  );
}

function hasNotEnded(): Problem {
  return unfitStatus(
    'has-not-ended',
    'must be one of resolved, retrospective, retracted: this list holds what has ended; ask with `sort=inbox` for others',
  );
}

function unfitStatus(code: string, detail: string): Problem {
  return new Problem(400, 'invalid', 'the request does not have the expected shape', [
    { pointer: '/status', code, detail },
  ]);
}
