import type { Pool } from 'pg';
import { z } from 'zod';
import type { ModelStatusesQuery, ModelStatusListSchema } from '#libs/contracts';
import { DISCLAIMER } from '#libs/domain/twin';
import { decodeCursor, pageOf } from '#libs/platform/http';
import { listModelStatuses } from '#libs/platform/storage';
import { Ms } from '../twins/places.js';
import { iso } from '../wire.js';
import { codeOf, outputNamed } from './outputs.js';

const Digits = z.string().regex(/^\d{1,19}$/);
const Place = z.object({ recordedAt: Ms, twin: Digits, version: Digits });

/** Models that were demoted for a person, or came back, newest first. @throws Problem 400 when the code or the cursor is unknown */
export async function modelStatuses(
  pool: Pool,
  tenant: number,
  query: z.output<typeof ModelStatusesQuery>,
): Promise<z.input<typeof ModelStatusListSchema>> {
  const list = { list: 'model-statuses', tenant };
  const rows = await listModelStatuses(pool, tenant, {
    patient: query.patient,
    model: query.model,
    code: codeOf(query.code),
    status: query.status,
    isNewest: query.newest === 'true',
    after: decodeCursor(list, Place, query.cursor),
    limit: query.limit + 1,
  });
  const page = pageOf(
    list,
    rows,
    query.limit,
    ({ patient, model, code, status, reason, skill, n, recordedAt, newest }) => {
      return {
        patient,
        code: outputNamed(code).name,
        model,
        status,
        reason,
        skill,
        n,
        recordedAt: iso(recordedAt),
        newest,
      };
    },
    ({ recordedAt, twin, version }) => ({ recordedAt, twin, version }),
  );
  return { disclaimer: DISCLAIMER, ...page };
}
