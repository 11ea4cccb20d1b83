import { z } from 'zod';
import { SEVERITIES, type AlertRecord } from '../alerts.js';
import { twinKey } from '../topics.js';

/** What of a record of the log is read. */
interface KeyedText {
  readonly key: string;
  readonly value: string;
}

export type ParsedAlert =
  | { readonly kind: 'alert'; readonly record: AlertRecord }
  /** `tenant` is 0 when not even the key says whose it is. `reason` quotes nothing of the record. */
  | { readonly kind: 'malformed'; readonly tenant: number; readonly reason: string };

const Tenant = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
/** Years 0 to 9999: times that the body and the database can show. */
const Ms = z.int().min(-62_167_219_200_000).max(253_402_300_799_999);

/**
 * What every consumer uses of a record. The rest of the alert is passed on as it is: an engine of a newer version may already
 * write members that this one does not know, and one of an older version may lack some.
 */
const Readable = z.looseObject({
  tenant: Tenant,
  patient: z.string().min(1),
  transition: z.guid(),
  sequence: z.int(),
  receivedAt: Ms,
  alert: z.looseObject({
    id: z.string(),
    episode: z.guid(),
    patient: z.string(),
    rule: z.looseObject({ id: z.string() }),
    category: z.string(),
    severity: z.enum(SEVERITIES),
    status: z.string(),
    transition: z.string().regex(/^[a-z-]{1,40}$/),
    effectiveAt: z.string(),
    raisedAt: z.string(),
    summary: z.string(),
    suppressed: z.array(z.looseObject({ rule: z.string() })).optional(),
  }),
});
const MAX_PLACES = 5;

/** Reads a record of the topic `alerts`; catches what no engine has written. */
export function parseAlert(log: KeyedText): ParsedAlert {
  let value: unknown;
  try {
    value = JSON.parse(log.value);
  } catch {
    return malformed(log, 'not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return malformed(log, 'not an object');
  if ((value as { v?: unknown }).v !== 1) return malformed(log, 'unknown schema version');
  const read = Readable.safeParse(value);
  if (!read.success) {
    const places = new Set(read.error.issues.map(({ path }) => `/${path.join('/')}`));
    return malformed(log, `missing or not as expected: ${[...places].slice(0, MAX_PLACES).join(', ')}`);
  }
  const { tenant, patient, alert } = read.data;
  if (log.key !== twinKey(tenant, 'patient', patient) || alert.patient !== patient) {
    return malformed(log, 'under the key of another patient');
  }
  return { kind: 'alert', record: value as unknown as AlertRecord };
}

/** 0 when the key does not say. */
export function tenantOfKey(key: string): number {
  return Tenant.safeParse(Number.parseInt(key, 10)).data ?? 0;
}

function malformed({ key }: KeyedText, reason: string): ParsedAlert {
  return { kind: 'malformed', tenant: tenantOfKey(key), reason };
}
