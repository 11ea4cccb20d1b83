import type { PoolClient } from 'pg';
import type { z } from 'zod';
import type { PatchThresholdsRequest, WireThreshold } from '#libs/contracts';
import { withKept, type Catalogue, type SetLimits } from '#libs/domain/twin';
import { Problem } from '#libs/platform/http';
import { newestLimitsForAct, type NewestLimits } from '#libs/platform/storage';
import { refuseThresholds } from './threshold-check.js';

type Change = z.output<typeof PatchThresholdsRequest>['thresholds'][number];

/** As the engine's record has them: the rule's other limits stay as they are. */
export function limitChanges({ thresholds }: z.output<typeof PatchThresholdsRequest>): WireThreshold[] {
  return thresholds.map(({ rule, limits, reason, expiresAt }) => ({
    rule,
    limits,
    reason,
    ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
    keep: true,
  }));
}

/**
 * Refuses changes that rest on limits which somebody has set anew since, and such as do not fit those that stay.
 *
 * @param now ms
 * @throws Problem 409 `thresholds-changed` with the rules; 400 as {@link refuseThresholds}
 */
export async function refuseChanges(
  client: PoolClient,
  catalogue: Catalogue,
  place: { readonly tenant: number; readonly twin: string; readonly patient: string },
  changes: readonly Change[],
  now: number,
): Promise<void> {
  const merged: WireThreshold[] = [];
  const changed: string[] = [];
  for (const [n, wire] of limitChanges({ thresholds: [...changes] }).entries()) {
    const { newest, isUnderWay } = await newestLimitsForAct(client, { ...place, rule: wire.rule });
    const { version } = changes[n]!;
    if (version !== undefined && (isUnderWay || version !== (newest?.version ?? 0))) changed.push(wire.rule);
    merged.push({ ...wire, limits: together(newest, wire, now) });
  }
  if (changed.length > 0)
    throw new Problem(
      409,
      'thresholds-changed',
      'somebody has set limits of this rule since; look at them as they stand now, then decide again',
      [],
      {},
      { rules: changed },
    );
  refuseThresholds(catalogue, merged, now, 'patient');
}

/** The limits that the rule has for the patient once the change is applied. */
function together(newest: NewestLimits | undefined, wire: WireThreshold, now: number): WireThreshold['limits'] {
  const entry: SetLimits = { after: now, limits: wire.limits, author: '', reason: wire.reason };
  if (newest === undefined) return entry.limits;
  const { limits, author, reason, expiresAt, kept } = newest;
  const before: SetLimits = {
    after: null,
    limits,
    author,
    reason,
    ...(expiresAt === null ? undefined : { expiresAt }),
    ...(kept === null ? undefined : { kept }),
  };
  return withKept(before, entry).limits;
}
