import type { Pool } from 'pg';
import { z } from 'zod';
import type { ActRecord, Alert, TimelineQuery, TimelineSchema } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import { decodeCursor, notFound, pageOf } from '#libs/platform/http';
import { findTwin, patientTimeline, type TimelineRow } from '#libs/platform/storage';
import { timesOf } from '../twins/asked-time.js';
import { Ms, Uuid } from '../twins/places.js';
import { iso, ms } from '../wire.js';

type Item = z.input<typeof TimelineSchema>['items'][number];
type Act = Extract<TimelineRow, { kind: 'act' }>;
type Does = ActRecord['does'];

const Place = z.object({ at: Ms, key: Uuid });
const DONE = { acknowledge: 'acknowledged', snooze: 'snoozed', resolve: 'resolved' } as const;

/**
 * What happened with a patient's alerts, limits and monitoring, oldest first. An act that sets several limits is an item each.
 *
 * @throws Problem 400 for a time that is no time; 404 without the patient
 */
export async function timelineOf(
  pool: Pool,
  catalogue: Catalogue,
  tenant: number,
  patient: string,
  query: z.output<typeof TimelineQuery>,
  now: number,
): Promise<z.input<typeof TimelineSchema>> {
  const { from, to } = timesOf(query);
  const list = { list: 'timeline', tenant, of: patient };
  const after = decodeCursor(list, Place, query.cursor);
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const knownAt = ms(query['known-at']) ?? now;
  const place = { tenant, twin: twin.key, patient };
  const rows = await patientTimeline(pool, { ...place, from, to, knownAt, after, limit: query.limit + 1 });
  const page = pageOf(
    list,
    rows,
    query.limit,
    (row) =>
      row.kind === 'transition' ? [transitionItem(row.key, row.at, row.alert, catalogue)] : itemsOf(row, catalogue),
    ({ at, key }) => ({ at, key }),
  );
  return { ...page, items: page.items.flat() };
}

function transitionItem(id: string, at: number, alert: Alert, catalogue: Catalogue): Item {
  return {
    id,
    at: iso(at),
    kind: 'alert',
    title: alert.rule.title,
    severity: alert.severity,
    alert: alert.id,
    rule: alert.rule.id,
    ...codeOf(catalogue, alert.rule.id),
    transition: alert.transition,
    summary: alert.summary,
    effectiveAt: alert.effectiveAt,
    ...defined({ reason: alert.reason }),
  };
}

function itemsOf({ key, at, does, rule, actor, onBehalfOf }: Act, catalogue: Catalogue): readonly Item[] {
  const head = { id: key, at: iso(at), author: onBehalfOf ?? actor };
  switch (does.type) {
    case 'acknowledge':
    case 'snooze':
    case 'resolve':
      return [{ ...head, ...actOnAlert(does, rule, catalogue) }];
    case 'set-thresholds':
    case 'set-tenant-thresholds': {
      const owner = does.type === 'set-thresholds' ? ('patient' as const) : ('tenant' as const);
      return does.thresholds.map(({ rule: id, limits, reason, expiresAt }, n) => ({
        ...head,
        id: n === 0 ? key : `${key}.${n}`,
        kind: 'threshold' as const,
        title: catalogue.ruleById(id)?.title ?? id,
        rule: id,
        ...codeOf(catalogue, id),
        owner,
        limits,
        reason,
        ...until(expiresAt),
      }));
    }
    case 'set-monitoring': {
      const { state, reason } = does;
      return [{ ...head, kind: 'monitoring', title: `Monitoring ${state}`, state, reason, ...until(does.until) }];
    }
    default:
      return [];
  }
}

function actOnAlert(
  does: Extract<Does, { type: keyof typeof DONE }>,
  rule: Alert['rule'] | null,
  catalogue: Catalogue,
): Omit<Item, 'id' | 'at'> {
  return {
    kind: 'act',
    title: rule?.title ?? 'Alert',
    alert: does.episode,
    ...(rule === null ? {} : { rule: rule.id, ...codeOf(catalogue, rule.id) }),
    transition: DONE[does.type],
    ...defined({ reason: does.note, useful: does.useful }),
    ...(does.type === 'snooze' ? until(does.until) : {}),
  };
}

/** The measure that a rule is about, where it is one. */
function codeOf(catalogue: Catalogue, id: string): { code?: string } {
  const [code, ...others] = catalogue.ruleById(id)?.inputs ?? [];
  return code === undefined || others.length > 0 ? {} : { code };
}

function until(time: number | undefined): { until?: string } {
  return time === undefined ? {} : { until: iso(time) };
}

function defined<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
