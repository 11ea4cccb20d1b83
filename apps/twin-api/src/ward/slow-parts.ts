import type { Pool } from 'pg';
import { shownPoints } from '#libs/domain/ledger';
import type { Forecaster } from '#libs/domain/forecasting';
import { measureByName, TREND_RULES, type MeasureName } from '#libs/domain/quantities';
import { newestForecastsOf, trendPoints, type TrendWindow } from '#libs/platform/storage';
import { outputsOf, type Output } from '../forecasts/outputs.js';
import { iso, measureOf } from '../wire.js';
import type { SlowParts, WardPatient } from './ward-patient.js';

const WINDOWS: readonly TrendWindow[] = Object.entries(TREND_RULES).map(([name, { windowMs }]) => ({
  code: measureByName(name as MeasureName)!.number,
  windowMs,
}));
const MINUTE = 60_000;
/** How far ahead the forecast of a ward looks, or as near to it as the model does. */
const AHEAD_MINUTES = 30;
/** How long parts are held, ms; by patient up to twice that, so that they are not all read again at once. */
const HELD_MS = 20_000;
const MAX_HELD = 20_000;

type Forecast = NonNullable<WardPatient['forecast']>;
type NewestForecast = NonNullable<
  Awaited<ReturnType<typeof newestForecastsOf>> extends ReadonlyMap<string, infer F> ? F : never
>[number];

/** Trends and forecasts of patients: they take many steps in the database and change by the minute, so they are held for a while. */
export class SlowPartsOfTwins {
  private readonly held = new Map<string, { readonly parts: SlowParts; readonly until: number }>();
  private readonly outputs: readonly Output[];

  constructor(
    private readonly pool: Pool,
    forecasters: readonly Forecaster[],
  ) {
    this.outputs = outputsOf(
      forecasters.filter(({ card }) => card.status === 'active'),
      undefined,
      // A hint is of a value beside the measured one; an outcome is none.
    ).filter(({ output }) => output.outcome === undefined);
  }

  /** @param twins keys; @param now ms */
  async of(tenant: number, twins: readonly string[], now: number): Promise<ReadonlyMap<string, SlowParts>> {
    const due = twins.filter((twin) => (this.held.get(`${tenant}/${twin}`)?.until ?? 0) <= now);
    if (due.length > 0) await this.read(tenant, due, now);
    return new Map(twins.map((twin) => [twin, this.held.get(`${tenant}/${twin}`)?.parts ?? NOTHING]));
  }

  private async read(tenant: number, twins: readonly string[], now: number): Promise<void> {
    const wanted = this.outputs.map(({ card, output }) => ({ model: card.id, code: output.code }));
    const oldest = now - Math.max(0, ...this.outputs.map(freshMs));
    const [trends, forecasts] = await Promise.all([
      trendPoints(this.pool, tenant, twins, WINDOWS, now),
      newestForecastsOf(this.pool, tenant, twins, wanted, oldest),
    ]);
    if (this.held.size > MAX_HELD) this.held.clear();
    for (const twin of twins) {
      const parts = { trends: trends.get(twin) ?? NOTHING.trends, forecast: this.hint(forecasts.get(twin) ?? [], now) };
      this.held.set(`${tenant}/${twin}`, { parts, until: now + HELD_MS + (Number(twin) % 20) * (HELD_MS / 20) });
    }
  }

  /** Of glucose where it is forecast, else of the first measure in the order of the registry. */
  private hint(newest: readonly NewestForecast[], now: number): Forecast | null {
    const found = this.outputs.flatMap((output) => {
      const one = newest.find(({ model, code }) => model === output.card.id && code === output.output.code);
      return one === undefined || now - one.forecast.issuedAt > freshMs(output) ? [] : [one];
    });
    const glucose = measureByName('glucose')!.number;
    const one = found.find(({ code }) => code === glucose) ?? found[0];
    return one === undefined ? null : hintOf(one);
  }
}

const NOTHING: SlowParts = { trends: new Map(), forecast: null };

function freshMs({ output }: Output): number {
  return output.freshMs ?? output.minutes[0]! * MINUTE;
}

function hintOf({ code, forecast }: NewestForecast): Forecast | null {
  const points = shownPoints(forecast);
  const distance = (minutes: number): number => Math.abs(minutes - AHEAD_MINUTES);
  const point = [...points].sort((a, b) => distance(a.minutes) - distance(b.minutes))[0];
  if (point === undefined) return null;
  const { name, unit } = measureOf(code);
  const { minutes, mean, quantiles } = point;
  return {
    code: name,
    unit,
    minutes,
    mean,
    low: quantiles['0.1'],
    high: quantiles['0.9'],
    issuedAt: iso(forecast.issuedAt),
  };
}
