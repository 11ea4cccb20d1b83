import type { ClientBase } from 'pg';
import type { FactKind, WireFact } from '#libs/contracts';
import type { TwinPlace } from './twin-heads.js';

/** Every version of every fact with when it was received (ms), in that order. */
export async function receivedFacts(
  client: ClientBase,
  { tenant, key }: TwinPlace,
): Promise<readonly { readonly receivedAt: number; readonly fact: WireFact }[]> {
  const { rows } = await client.query<{
    receivedAt: number;
    kind: FactKind;
    reference: string;
    version: number;
    content: WireFact['content'];
    retracted: boolean;
    from: number | null;
    to: number | null;
  }>(
    `SELECT round(extract(epoch FROM coalesce(v.last_updated, f.recorded_at)) * 1000)::float8 AS "receivedAt", f.kind, f.reference, f.version, f.content, f.retracted,
       (extract(epoch FROM f.effective_from) * 1000)::float8 AS "from", (extract(epoch FROM f.effective_to) * 1000)::float8 AS "to"
     FROM facts AS f LEFT JOIN fhir_resource_versions AS v ON v.tenant = f.tenant AND v.version = f.version
       AND v.type = split_part(f.reference, '/', 1) AND v.id = split_part(f.reference, '/', 2)
     WHERE f.tenant = $1 AND f.twin = $2 ORDER BY 1, f.recorded_at, f.version, f.reference`,
    [tenant, key],
  );
  return rows.map(({ receivedAt, kind, reference, version, content, retracted, from, to }) => ({
    receivedAt,
    fact: {
      fact: kind,
      reference,
      version,
      content,
      ...(from === null ? undefined : { from }),
      ...(to === null ? undefined : { to }),
      ...(retracted ? { withdrawn: true as const } : undefined),
    },
  }));
}
