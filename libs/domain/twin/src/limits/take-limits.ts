import type { ActRecord } from '#libs/contracts';
import { isInstant } from '../ingest/identify.js';
import type { Catalogue } from '../rules/catalogue.js';
import type { Rule } from '../rules/rule.js';
import type { Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { Applied } from '../state/twin-port.js';
import { checkThresholds } from './limits.js';
import { setLimitsOf, timelineWith, withKept } from './set-limits.js';

export type SetThresholds = Extract<ActRecord['does'], { type: 'set-thresholds' | 'set-tenant-thresholds' }>;

/**
 * Limits count for samples later than the newest one of their measures when they were set, so that what was judged before stays
 * judged, and late data from before are judged by the limits of their time. Limits that no rule takes are dropped and counted.
 */
export function takeLimits(
  catalogue: Catalogue,
  twin: Pick<Draft, 'measures' | 'thresholds' | 'tenantThresholds'>,
  { act, actor, onBehalfOf, receivedAt }: ActRecord,
  { type, thresholds }: SetThresholds,
): Changes {
  const isOfPatient = type === 'set-thresholds';
  let set = isOfPatient ? twin.thresholds : twin.tenantThresholds;
  const dropped: string[] = [];
  const changes: Applied['thresholds'][number][] = [];
  for (const threshold of thresholds) {
    const rule = catalogue.ruleById(threshold.rule);
    const fits = threshold.expiresAt === undefined || isInstant(threshold.expiresAt);
    if (rule === undefined || !fits) {
      dropped.push('threshold-refused');
      continue;
    }
    const timeline = set[rule.id] ?? [];
    const alone = setLimitsOf(threshold, onBehalfOf ?? actor, newestOf(catalogue, twin, rule));
    const entry = threshold.keep === true ? withKept(timeline.at(-1), alone) : alone;
    const layer = isOfPatient ? 'patient' : 'tenant';
    if (checkThresholds(catalogue, rule.id, entry.limits, layer).length > 0) {
      dropped.push('threshold-refused');
      continue;
    }
    set = { ...set, [rule.id]: timelineWith(timeline, entry) };
    const { after: _, ...change } = entry;
    if (isOfPatient) changes.push({ rule: rule.id, ...change, act, at: receivedAt });
  }
  return { state: isOfPatient ? { thresholds: set } : { tenantThresholds: set }, dropped, thresholds: changes };
}

function newestOf(catalogue: Catalogue, { measures }: Pick<Draft, 'measures'>, rule: Rule): number | null {
  const times = catalogue.codesOf(rule).flatMap((code) => measures[code]?.t ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
