import type { WireThreshold } from '#libs/contracts';
import { checkThresholds, type Catalogue } from '#libs/domain/twin';
import { Problem, type ProblemDetail } from '#libs/platform/http';

/** Refuses limits that no rule has, that are out of range or that cross each other; `now` in ms. Nothing is set unless all are fine. */
export function refuseThresholds(
  catalogue: Catalogue,
  thresholds: readonly WireThreshold[],
  now: number,
  layer: 'tenant' | 'patient',
): void {
  const errors = thresholds.flatMap((threshold, index) =>
    faults(catalogue, threshold, `/thresholds/${index}`, now, layer),
  );
  const seen = new Set<string>();
  for (const [index, { rule }] of thresholds.entries()) {
    if (seen.has(rule))
      errors.push({ pointer: `/thresholds/${index}/rule`, code: 'rule-repeated', detail: 'a rule may be given once' });
    seen.add(rule);
  }
  if (errors.length > 0)
    throw new Problem(400, 'thresholds-invalid', 'the limits cannot be set; nothing was changed', errors);
}

function faults(
  catalogue: Catalogue,
  threshold: WireThreshold,
  pointer: string,
  now: number,
  layer: 'tenant' | 'patient',
): ProblemDetail[] {
  const refusals = checkThresholds(catalogue, threshold.rule, threshold.limits, layer).map((refusal) => ({
    pointer: pointer + (refusal.code === 'rule-unknown' ? '/rule' : `/limits${limitPointer(refusal.limit)}`),
    code: refusal.code,
    detail: refusal.message,
  }));
  const expired = threshold.expiresAt !== undefined && threshold.expiresAt <= now;
  return expired
    ? [...refusals, { pointer: `${pointer}/expiresAt`, code: 'out-of-range', detail: 'must be ahead' }]
    : refusals;
}

function limitPointer(limit: string | undefined): string {
  return limit === undefined ? '' : `/${limit.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
