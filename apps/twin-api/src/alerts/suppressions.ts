import type { Pool } from 'pg';
import { z } from 'zod';
import type { SuppressionListSchema, SuppressionsQuery } from '#libs/contracts';
import { listSuppressions } from '#libs/platform/storage';
import { decodeCursor, pageOf } from '#libs/platform/http';
import { Ms, Uuid } from '../twins/places.js';
import { iso, ms } from '../wire.js';

const Place = z.object({ at: Ms, id: Uuid });

/** Suppressed alerts, newest first. */
export async function suppressions(
  pool: Pool,
  tenant: number,
  query: z.output<typeof SuppressionsQuery>,
): Promise<z.input<typeof SuppressionListSchema>> {
  const list = { list: 'suppressions', tenant };
  const rows = await listSuppressions(pool, tenant, {
    patient: query.patient,
    rule: query.rule,
    reason: query.reason,
    by: query.by,
    from: ms(query.from),
    to: ms(query.to),
    after: decodeCursor(list, Place, query.cursor),
    limit: query.limit + 1,
  });
  return pageOf(
    list,
    rows,
    query.limit,
    ({ rule, ruleVersion, reason, by, effectiveAt, at, ...row }) => ({
      ...row,
      rule: { id: rule, version: ruleVersion },
      reason: reason as 'same-cause' | 'refractory' | 'shadow',
      ...(by === null ? undefined : { by }),
      effectiveAt: iso(effectiveAt),
      at: iso(at),
    }),
    ({ at, id }) => ({ at, id }),
  );
}
