import type { Pool } from 'pg';
import { shownPoints } from '#libs/domain/ledger';
import { FORECASTERS } from '#libs/domain/models';
import type { DecidedDose, StreamedForecast } from '#libs/domain/proposals';
import { measureByName } from '#libs/domain/quantities';
import { decidedProposals, newestSaid } from '#libs/platform/storage';
import { decidedUnits } from './stored-proposal.js';

const MINUTE = 60_000;
/** A bolus that was decided on so long ago has acted, or will not any more. */
const ACTS_MS = 4 * 60 * MINUTE;
const GLUCOSE = measureByName('glucose').number;

/** Insulin that was decided on by proposals of the patient: accepted, or given in place of what was proposed. */
export async function decidedDoses(
  pool: Pool,
  tenant: number,
  patient: string,
  now: number,
): Promise<readonly DecidedDose[]> {
  const rows = await decidedProposals(pool, tenant, patient, now - ACTS_MS);
  return rows.map((row) => ({ t: row.decidedAt ?? now, units: decidedUnits(row) })).filter(({ units }) => units > 0);
}

/** What the stream forecasts of glucose; null: nothing, or it is older than its first horizon. */
export async function streamedForecast(
  pool: Pool,
  tenant: number,
  twin: string,
  now: number,
): Promise<StreamedForecast | null> {
  const outputs = FORECASTERS.filter(({ card }) => card.status === 'active').flatMap(({ card, outputs: all }) =>
    all.filter(({ code }) => code === GLUCOSE).map(({ code, minutes }) => ({ model: card.id, code, minutes })),
  );
  const said = await newestSaid(pool, tenant, twin, outputs, undefined, undefined);
  const newest = said.find((one) => one.kind === 'forecast');
  if (newest === undefined) return null;
  const { forecast, model } = newest;
  const first = outputs.find((one) => one.model === model)?.minutes[0] ?? 0;
  if (now - forecast.issuedAt > first * MINUTE) return null;
  const until = now + 60 * MINUTE;
  const ahead = shownPoints(forecast).filter(({ minutes }) => forecast.issuedAt + minutes * MINUTE <= until);
  return {
    isDemoted: forecast.status === 'demoted',
    lowestMean60: ahead.length === 0 ? null : Math.min(...ahead.map(({ mean }) => mean)),
  };
}
