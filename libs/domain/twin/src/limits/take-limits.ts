import type { ActRecord } from '#libs/contracts';
import { isInstant } from '../ingest/identify.js';
import type { Catalogue } from '../rules/catalogue.js';
import type { Rule } from '../rules/rule.js';
import type { Changes } from '../state/changes.js';
import type { Draft } from '../state/draft.js';
import type { Applied } from '../state/twin-port.js';
import { checkThresholds } from './limits.js';
import { setLimitsOf, timelineWith } from './set-limits.js';

export type SetThresholds = Extract<ActRecord['does'], { type: 'set-thresholds' | 'set-tenant-thresholds' }>;

/**
 * Limits count for samples later than the newest one of their measures when they were set, so that what was judged before stays
 * judged, and late data from before are judged by the limits of their time. Limits that no rule takes are dropped and counted.
 */
export function takeLimits(
  catalogue: Catalogue,
  twin: Pick<Draft, 'measures' | 'thresholds' | 'tenantThresholds'>,
  { actor, receivedAt }: ActRecord,
  { type, thresholds }: SetThresholds,
): Changes {
  const isOfPatient = type === 'set-thresholds';
  let set = isOfPatient ? twin.thresholds : twin.tenantThresholds;
  const dropped: string[] = [];
  const changes: Applied['thresholds'][number][] = [];
  for (const threshold of thresholds) {
    const rule = catalogue.ruleById(threshold.rule);
    const fits = threshold.expiresAt === undefined || isInstant(threshold.expiresAt);
    const layer = isOfPatient ? 'patient' : 'tenant';
    const refusals = checkThresholds(catalogue, threshold.rule, threshold.limits, layer);
    if (rule === undefined || !fits || refusals.length > 0) {
      dropped.push('threshold-refused');
      continue;
    }
    const entry = setLimitsOf(threshold, actor, newestOf(catalogue, twin, rule));
    set = { ...set, [rule.id]: timelineWith(set[rule.id] ?? [], entry) };
    if (isOfPatient) changes.push({ ...threshold, author: actor, at: receivedAt });
  }
  return { state: isOfPatient ? { thresholds: set } : { tenantThresholds: set }, dropped, thresholds: changes };
}

function newestOf(catalogue: Catalogue, { measures }: Pick<Draft, 'measures'>, rule: Rule): number | null {
  const times = catalogue.codesOf(rule).flatMap((code) => measures[code]?.t ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
