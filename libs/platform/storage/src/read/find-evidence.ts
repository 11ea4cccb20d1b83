import type { ClientBase } from 'pg';

/** A measurement as the evidence of an alert names it. */
export interface WantedEvidence {
  readonly tenant: number;
  readonly patient: string;
  /** Catalogue number. */
  readonly code: number;
  /** ms since 1970 */
  readonly effectiveAt: number;
  readonly identity: string;
}

/** Where such a measurement is. `twin` is the key of the patient's twin. */
export interface FoundEvidence {
  readonly twin: string;
  readonly sourced: boolean;
}

/** Finds the measurements of evidence, in one statement. @returns in the order asked; undefined for what is not (any more) there */
export async function findEvidence(
  client: ClientBase,
  wanted: readonly WantedEvidence[],
): Promise<readonly (FoundEvidence | undefined)[]> {
  if (wanted.length === 0) return [];
  const { rows } = await client.query<FoundEvidence & { place: number }>({
    name: 'evidence-find',
    text: `SELECT u.place::int AS place, t.key::text AS twin, m.sourced
      FROM unnest($1::int[], $2::text[], $3::int2[], $4::float8[], $5::uuid[]) WITH ORDINALITY
        AS u (tenant, patient, code, at, identity, place)
      JOIN twins t ON t.tenant = u.tenant AND t.patient = u.patient
      JOIN LATERAL (
        SELECT sourced FROM measurements
        WHERE tenant = u.tenant AND twin = t.key AND code = u.code AND effective_at = to_timestamp(u.at / 1000)
          AND identity = u.identity LIMIT 1) m ON TRUE`,
    values: [
      wanted.map(({ tenant }) => tenant),
      wanted.map(({ patient }) => patient),
      wanted.map(({ code }) => code),
      wanted.map(({ effectiveAt }) => effectiveAt),
      wanted.map(({ identity }) => identity),
    ],
  });
  const found = new Map(rows.map(({ place, twin, sourced }) => [place - 1, { twin, sourced }]));
  return wanted.map((_, index) => found.get(index));
}
