import type { Pool } from 'pg';
import { shownPoints } from '#libs/domain/ledger';
import type { Forecaster } from '#libs/domain/forecasting';
import { measureByName, TREND_RULES, type MeasureName } from '#libs/domain/quantities';
import { newestForecastsOf, trendPoints, wardTwinsOf, type TrendWindow, type WardTwin } from '#libs/platform/storage';
import { outputsOf, type Output } from '../forecasts/outputs.js';
import { iso, measureOf } from '../wire.js';
import type { SlowParts, WardPatient } from './ward-patient.js';

const WINDOWS: readonly TrendWindow[] = Object.entries(TREND_RULES).map(([name, { windowMs }]) => ({
  code: measureByName(name as MeasureName).number,
  windowMs,
}));
const MINUTE = 60_000;
/** How far ahead the forecast of a ward looks, or as near to it as the model does. */
const AHEAD_MINUTES = 30;
/** How long parts are held, ms; by patient up to twice that, so that they are not all read again at once. */
const HELD_MS = 20_000;
const MAX_HELD = 20_000;

/** By tenant and patient. */
interface Held {
  readonly parts: SlowParts;
  /** ms */
  readonly until: number;
}
type Keyed = Pick<WardTwin, 'key' | 'patient'>;
type Forecast = NonNullable<WardPatient['forecast']>;
type NewestForecast = NonNullable<
  Awaited<ReturnType<typeof newestForecastsOf>> extends ReadonlyMap<string, infer F> ? F : never
>[number];

/** Trends and forecasts of patients: they take many steps in the database and change by the minute, so they are held for a while. */
export class SlowPartsOfTwins {
  private readonly held = new Map<string, Held>();
  /** Readings under way, by what is read: who asks meanwhile waits for them. */
  private readonly reading = new Map<string, Promise<void>>();
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

  /**
   * By patient.
   *
   * @param twins rows that are known already, by patient: those of others are read
   * @param now ms
   */
  async of(
    tenant: number,
    patients: readonly string[],
    twins: ReadonlyMap<string, Keyed>,
    now: number,
  ): Promise<ReadonlyMap<string, SlowParts>> {
    const keyOf = (patient: string): string => `${tenant}/${patient}`;
    const due = patients.filter((patient) => (this.held.get(keyOf(patient))?.until ?? 0) <= now);
    const own = due.filter((patient) => !this.reading.has(keyOf(patient)));
    if (own.length > 0) {
      const read = this.readDue(tenant, own, twins, now).finally(() => {
        for (const patient of own) this.reading.delete(keyOf(patient));
      });
      for (const patient of own) this.reading.set(keyOf(patient), read);
    }
    const reads = new Set(due.flatMap((patient) => this.reading.get(keyOf(patient)) ?? []));
    await Promise.all(reads);
    return new Map(patients.map((patient) => [patient, this.held.get(keyOf(patient))?.parts ?? NOTHING]));
  }

  private async readDue(
    tenant: number,
    due: readonly string[],
    twins: ReadonlyMap<string, Keyed>,
    now: number,
  ): Promise<void> {
    const known = due.flatMap((patient) => twins.get(patient) ?? []);
    const others = due.filter((patient) => !twins.has(patient));
    const read = others.length === 0 ? [] : await wardTwinsOf(this.pool, tenant, others);
    await this.read(tenant, [...known, ...read], now);
  }

  private async read(tenant: number, twins: readonly Keyed[], now: number): Promise<void> {
    const wanted = this.outputs.map(({ card, output }) => ({ model: card.id, code: output.code }));
    const oldest = now - Math.max(0, ...this.outputs.map(freshMs));
    const keys = twins.map(({ key }) => key);
    const [trends, forecasts] = await Promise.all([
      trendPoints(this.pool, tenant, keys, WINDOWS, now),
      newestForecastsOf(this.pool, tenant, keys, wanted, oldest),
    ]);
    if (this.held.size > MAX_HELD) this.held.clear();
    for (const { key, patient } of twins) {
      const parts = { trends: trends.get(key) ?? NOTHING.trends, forecast: this.hint(forecasts.get(key) ?? [], now) };
      this.held.set(`${tenant}/${patient}`, { parts, until: now + HELD_MS + (Number(key) % 20) * (HELD_MS / 20) });
    }
  }

  /** Of glucose where it is forecast, else of the first measure in the order of the registry. */
  private hint(newest: readonly NewestForecast[], now: number): Forecast | null {
    const found = this.outputs.flatMap((output) => {
      const one = newest.find(({ model, code }) => model === output.card.id && code === output.output.code);
      return one === undefined || now - one.forecast.issuedAt > freshMs(output) ? [] : [one];
    });
    const glucose = measureByName('glucose').number;
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
