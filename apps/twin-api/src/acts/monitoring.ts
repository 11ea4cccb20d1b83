import type { z } from 'zod';
import type { PutMonitoringRequest } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import { Problem, type ProblemDetail } from '#libs/platform/http';

/**
 * Refuses a change of monitoring that makes no sense: rules that do not exist, a time that has passed, or parts of `off` in an `on`.
 *
 * @param until ms
 * @param now ms
 * @throws Problem 400
 */
export function refuseMonitoring(
  catalogue: Catalogue,
  { state, rules }: z.output<typeof PutMonitoringRequest>,
  until: number | undefined,
  now: number,
): void {
  const errors: ProblemDetail[] = [];
  for (const [index, rule] of (rules ?? []).entries()) {
    if (catalogue.ruleById(rule) === undefined)
      errors.push({ pointer: `/rules/${index}`, code: 'rule-unknown', detail: 'must be a rule of GET /v1/rules' });
  }
  if (until !== undefined && until <= now)
    errors.push({ pointer: '/until', code: 'out-of-range', detail: 'must be ahead' });
  if (state === 'on') {
    const detail = 'belongs to `off`: `on` switches everything on; to keep some rules off, send `off` with those rules';
    if (rules !== undefined) errors.push({ pointer: '/rules', code: 'not-with-on', detail });
    if (until !== undefined) errors.push({ pointer: '/until', code: 'not-with-on', detail });
  }
  if (errors.length > 0)
    throw new Problem(400, 'invalid', 'monitoring cannot be set like this; nothing was changed', errors);
}
