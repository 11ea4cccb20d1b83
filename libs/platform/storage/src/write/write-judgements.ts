import type { ClientBase } from 'pg';
import type { Judgement } from '#libs/domain/twin';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

export interface JudgementWrite {
  readonly tenant: number;
  readonly twin: string;
  readonly judgement: Judgement;
}

/**
 * How versions that are stored are judged from now on. Earlier judgements stay, so that what was known at a time can be shown; of one transaction
 * the last counts.
 */
export async function writeJudgements(client: ClientBase, writes: readonly JudgementWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const last = new Map(writes.map((write) => [keyOf(write), write]));
  const all = [...last.values()];
  await client.query({
    name: 'judgements-insert',
    text: `INSERT INTO measurement_judgements (tenant, twin, code, effective_at, identity, version, quality, reasons, recorded_at)
      SELECT u.tenant, u.twin, u.code, to_timestamp(u.t / 1000), u.identity, u.version, u.quality, u.reasons::text[], now()
      FROM unnest($1::int4[], $2::int8[], $3::int2[], $4::float8[], $5::uuid[], $6::int4[], $7::int2[], $8::text[])
        AS u (tenant, twin, code, t, identity, version, quality, reasons)
      ON CONFLICT (tenant, twin, code, effective_at, identity, version, recorded_at)
        DO UPDATE SET quality = excluded.quality, reasons = excluded.reasons`,
    values: [
      plainArray(all.map((one) => one.tenant)),
      plainArray(all.map((one) => one.twin)),
      plainArray(all.map(({ judgement }) => judgement.code)),
      plainArray(all.map(({ judgement }) => judgement.t)),
      plainArray(all.map(({ judgement }) => judgement.identity)),
      plainArray(all.map(({ judgement }) => judgement.version)),
      plainArray(all.map(({ judgement }) => judgement.quality)),
      textArray(all.map(({ judgement }) => textArray(judgement.reasons))),
    ],
  });
}

function keyOf({ tenant, twin, judgement }: JudgementWrite): string {
  return `${tenant}/${twin}/${judgement.identity}/${judgement.version}`;
}
