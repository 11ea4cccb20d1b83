import type { Pool } from 'pg';
import type { z } from 'zod';
import type { ForecastScoreListSchema, ForecastScoresQuery } from '#libs/contracts';
import type { Forecaster } from '#libs/domain/forecasting';
import {
  ageBand,
  blockLength,
  groupScores,
  MIN_PEOPLE,
  mergedTallies,
  tallyOf,
  timeOf,
  truthOf,
  unpackBlock,
  unpackTally,
  type GroupScores,
  type PersonalTally,
  type Tally,
} from '#libs/domain/ledger';
import { ageAt, DISCLAIMER } from '#libs/domain/twin';
import { notFound } from '#libs/platform/http';
import {
  blockTallies,
  findTruths,
  findTwin,
  personsOf,
  unsettledFrom,
  type BlockTally,
  type PersonRow,
  type TwinRow,
} from '#libs/platform/storage';
import { timesOf } from '../twins/asked-time.js';
import { iso, ms } from '../wire.js';
import { codeOf, outputNamed, outputsOf, type Output } from './outputs.js';

const WEEK = 7 * 86_400_000;

type Query = z.output<typeof ForecastScoresQuery>;

/**
 * Scores of forecasts as they were issued. Of one patient they are as the measurements are now; of many as they were when the ledger last looked, which is some seconds to
 * half an hour ago while points are pending.
 */
export async function forecastScores(
  pool: Pool,
  forecasters: readonly Forecaster[],
  tenant: number,
  query: Query,
  now: number,
): Promise<z.input<typeof ForecastScoreListSchema>> {
  const code = codeOf(query.code);
  const end = ms(query.to) ?? now;
  const { from, to } = timesOf({ from: query.from ?? iso(end - WEEK), to: iso(end) });
  const outputs = outputsOf(forecasters, code).filter(
    ({ card }) => query.model === undefined || card.id === query.model,
  );
  const twin = query.patient === undefined ? undefined : await findTwin(pool, tenant, query.patient);
  if (query.patient !== undefined && twin === undefined) throw notFound('the patient');
  const found = new Map<string, { twin: string; model: string; code: number; tallies: Tally[] }>();
  const add = (of: { twin: string; model: string; code: number }, tally: Tally): void => {
    const key = `${of.twin}/${of.model}/${of.code}`;
    const one = found.get(key) ?? { twin: of.twin, model: of.model, code: of.code, tallies: [] };
    found.set(key, one);
    one.tallies.push(tally);
  };
  const filter = {
    outputs: outputs.map(({ card, output }) => ({ model: card.id, code: output.code, lengthMs: blockLength(output) })),
    twin: twin?.key,
    from,
    to,
  };
  if (outputs.length > 0)
    for await (const blocks of blockTallies(pool, tenant, filter))
      for (const block of blocks) add(block, tallyIn(block, from, to, twin !== undefined));
  if (twin !== undefined)
    for (const output of outputs)
      add(
        { twin: twin.key, model: output.card.id, code: output.output.code },
        await openTally(pool, tenant, twin, output, from, to, now),
      );
  const groupOf = await grouping(pool, tenant, query.by, [...new Set([...found.values()].map((one) => one.twin))], now);
  const tallies = [...found.values()].map((one): PersonalTally => {
    const tally = mergedTallies(one.tallies);
    return { person: one.twin, group: groupOf(one.twin, one.model), model: one.model, code: one.code, tally };
  });
  const least = query.by === 'age-band' || query.by === 'sex' ? MIN_PEOPLE : 0;
  const items = groupScores(tallies, least).filter(({ minutes }) => (query.minutes ?? minutes) === minutes);
  return { disclaimer: DISCLAIMER, items: items.map(scoreView) };
}

/** @param isLive what is not settled is reckoned anew */
function tallyIn({ block, isSettled, tally, content }: BlockTally, from: number, to: number, isLive: boolean): Tally {
  if (content !== null) {
    const settled = unpackBlock(block, content);
    return tallyOf(settled.filter(({ forecast }) => forecast.issuedAt >= from && forecast.issuedAt < to));
  }
  if (tally === null || (isLive && !isSettled)) return [];
  return unpackTally(tally);
}

/** Of the forecasts that are not settled, as the measurements are now. */
async function openTally(
  pool: Pool,
  tenant: number,
  twin: TwinRow,
  { card, output }: Output,
  from: number,
  to: number,
  now: number,
): Promise<Tally> {
  const { code, toleranceMs, outcome } = output;
  const open = await unsettledFrom(pool, tenant, twin.key, { models: [card.id], code, from, to });
  const targets = open.flatMap(({ forecast }) =>
    forecast.points.map(({ minutes }) => ({
      tenant,
      twin: twin.key,
      code,
      t: timeOf(forecast, minutes),
      toleranceMs,
      outcome,
    })),
  );
  const truths = await findTruths(pool, targets, undefined);
  const by = { newest: twin.asOf ?? Number.NEGATIVE_INFINITY, now, toleranceMs };
  let next = 0;
  return tallyOf(
    open.map((one) => ({
      ...one,
      truths: one.forecast.points.map(({ minutes }) => truthOf(one, minutes, by, truths[next++])),
    })),
  );
}

async function grouping(
  pool: Pool,
  tenant: number,
  by: Query['by'],
  twins: readonly string[],
  now: number,
): Promise<(twin: string, model: string) => string> {
  if (by === undefined) return () => 'all';
  if (by === 'model') return (_, model) => model;
  const persons = new Map((await personsOf(pool, tenant, twins)).map((one) => [one.twin, one]));
  return (twin) => {
    const person = persons.get(twin);
    if (person === undefined) return 'unknown';
    if (by === 'patient') return person.patient;
    return by === 'sex' ? (person.gender ?? 'unknown') : ageBand(yearsOf(person, now));
  };
}

function yearsOf({ birthDate }: PersonRow, now: number): number | null {
  const born = birthDate === null ? Number.NaN : Date.parse(birthDate);
  return Number.isNaN(born) ? null : ageAt({ born, pregnancies: [], deceased: false }, now);
}

function scoreView(scores: GroupScores): z.input<typeof ForecastScoreListSchema>['items'][number] {
  const { group, code, model, minutes, n, unscored, rmse, mae, bias, crps, coverage, skill, sums } = scores;
  const measure = outputNamed(code);
  return {
    group,
    code: measure.name,
    model,
    minutes,
    n,
    unscored,
    rmse,
    mae,
    bias,
    crps,
    coverage: coverage === null ? null : { ...coverage },
    skill: skill === null ? null : { ...skill },
    ...(measure.name === 'glucose' ? { zones: { clarke: { ...sums.clarke }, parkes: { ...sums.parkes } } } : {}),
  };
}
