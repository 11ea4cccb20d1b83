import type { ForecastOutput } from '#libs/domain/forecasting';
import {
  isDue,
  ledgerForecastOf,
  mergedTallies,
  nearest,
  tallyOf,
  timeOf,
  WAIT_MS,
  type ScoredForecast,
  type Tally,
  type Truth,
} from '#libs/domain/ledger';
import type { Applied, Catalogue, ForecastChange, StoredMeasurement } from '#libs/domain/twin';

/** What one model's forecasts of one measure came to in one patient's recording. */
export interface ReplayedForecasts {
  readonly model: string;
  /** Catalogue number, or that of an outcome. */
  readonly code: number;
  readonly tally: Tally;
  /** Forecasts that are scored, and all. */
  readonly scored: number;
  readonly issued: number;
  /** Times that the model began to refuse, by reason. */
  readonly refusals: ReadonlyMap<string, number>;
}

export interface ForecastScorer {
  take(applied: Applied): void;
  /** Scores what is due at the end of the recording; what lies behind it is left out. */
  finish(): readonly ReplayedForecasts[];
}

interface Due {
  readonly minutes: number;
  readonly forecast: Omit<ScoredForecast, 'truths'>;
}

interface Running {
  readonly model: string;
  readonly output: ForecastOutput;
  due: Due[];
  tallies: Tally[];
  scored: number;
  issued: number;
  readonly refusals: Map<string, number>;
}

const HOUR = 3_600_000;

/**
 * Joins what forecasters say with what comes, as the prediction ledger does, without a store: a point is scored an hour after its time at the latest, with the
 * version that is valid then. What comes later than that, the ledger would still take.
 */
export function createForecastScorer({ forecasters }: Catalogue, models: ReadonlySet<string>): ForecastScorer {
  const all = forecasters
    .filter(({ card }) => models.has(card.id))
    .flatMap(({ card, outputs }) =>
      outputs.map((output): Running => {
        return { model: card.id, output, due: [], tallies: [], scored: 0, issued: 0, refusals: new Map() };
      }),
    );
  const values = createValues(all.map(({ output }) => output));
  let settledAt = -Infinity;

  function note(said: ForecastChange, recordedAt: number): void {
    const running = all.find(({ model, output }) => model === said.model && output.code === said.code);
    if (running === undefined) return;
    if (said.kind === 'refused') {
      running.refusals.set(said.reason, (running.refusals.get(said.reason) ?? 0) + 1);
      return;
    }
    running.issued++;
    if (!said.scored) return;
    running.scored++;
    const forecast = ledgerForecastOf(said, said.version, said.status);
    for (const point of forecast.points)
      running.due.push({
        minutes: point.minutes,
        forecast: { version: 0, recordedAt, forecast: { ...forecast, points: [point] } },
      });
  }

  function settle(newest: number, now: number, graceMs: number): void {
    for (const running of all) {
      const { output } = running;
      const by = { newest: newest - graceMs, now: now - graceMs, toleranceMs: output.toleranceMs };
      const [ready, rest] = parted(running.due, ({ forecast, minutes }) => isDue(forecast, minutes, by));
      running.due = rest;
      if (ready.length === 0) continue;
      const scored = ready.map(({ forecast, minutes }): ScoredForecast => {
        return { ...forecast, truths: [values.truthOf(output, timeOf(forecast.forecast, minutes))] };
      });
      running.tallies = [mergedTallies([...running.tallies, tallyOf(scored)])];
    }
    settledAt = newest;
    values.forgetBefore(newest);
  }

  let last = { newest: -Infinity, now: -Infinity };
  return {
    take({ state, forecasts, measurements, judgements }) {
      for (const measurement of measurements) values.take(measurement);
      for (const { identity, code, quality } of judgements) values.judge(code, identity, quality);
      last = { newest: state.asOf ?? -Infinity, now: state.heard };
      for (const said of forecasts) note(said, last.now);
      if (last.newest >= settledAt + HOUR / 2) settle(last.newest, last.now, WAIT_MS / 2);
    },
    finish() {
      settle(last.newest, last.now, 0);
      return all
        .filter(({ issued, refusals }) => issued > 0 || refusals.size > 0)
        .map(({ model, output, tallies, scored, issued, refusals }) => {
          return { model, code: output.code, tally: tallies[0] ?? [], scored, issued, refusals };
        });
    },
  };
}

interface Value {
  readonly identity: string;
  readonly t: number;
  readonly x: number;
  readonly version: number;
  readonly quality: number;
}

/** The newest versions of values that points can still be scored with. */
function createValues(outputs: readonly ForecastOutput[]) {
  const keptMs =
    2 * WAIT_MS +
    Math.max(0, ...outputs.map(({ toleranceMs, outcome }) => Math.max(toleranceMs, (outcome?.hours ?? 0) * HOUR)));
  const byCode = new Map(
    outputs.flatMap(({ code, outcome }) => outcome?.codes ?? [code]).map((code) => [code, new Map<string, Value>()]),
  );

  function usable(code: number, from: number, to: number): readonly Value[] {
    return [...(byCode.get(code)?.values() ?? [])].filter(({ t, quality }) => quality < 2 && t >= from && t <= to);
  }

  /** From the newest usable value of each measure in each hour. */
  function outcomeAt({ codes, hours, of }: NonNullable<ForecastOutput['outcome']>, t: number): number | undefined {
    const start = t - hours * HOUR;
    const found = Array.from({ length: hours }, () => new Map<number, number>());
    for (const code of codes) {
      const sorted = [...usable(code, start, t)].filter((one) => one.t > start).sort((a, b) => a.t - b.t);
      for (const one of sorted) found[Math.ceil((one.t - start) / HOUR) - 1]!.set(code, one.x);
    }
    return of(found);
  }

  return {
    take(measurement: Applied['measurements'][number]): void {
      const { identity, code, replaces } = measurement;
      if (replaces !== undefined) byCode.get(replaces.code)?.delete(identity);
      const own = byCode.get(code);
      const value = valueOf(measurement);
      if (value === undefined) own?.delete(identity);
      else own?.set(identity, value);
    },
    judge(code: number, identity: string, quality: number): void {
      const own = byCode.get(code);
      const value = own?.get(identity);
      if (value !== undefined) own?.set(identity, { ...value, quality });
    },
    truthOf({ code, toleranceMs, outcome }: ForecastOutput, t: number): Truth {
      const x = outcome && outcomeAt(outcome, t);
      const found =
        outcome === undefined
          ? nearest(usable(code, t - toleranceMs, t + toleranceMs), t, toleranceMs)
          : x === undefined
            ? undefined
            : { t, x, version: 1 };
      return found === undefined ? { unscored: 'no-measurement' } : { t: found.t, x: found.x, version: found.version };
    },
    forgetBefore(newest: number): void {
      for (const own of byCode.values())
        for (const [identity, { t }] of own) if (t < newest - keptMs) own.delete(identity);
    },
  };
}

function valueOf(measurement: StoredMeasurement): Value | undefined {
  const { identity, t, x, comparator, retracted, version, quality, judged } = measurement;
  if (x === undefined || comparator !== undefined || retracted) return undefined;
  return { identity, t, x, version, quality: judged?.quality ?? quality };
}

function parted<T>(all: readonly T[], holds: (one: T) => boolean): readonly [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const one of all) (holds(one) ? yes : no).push(one);
  return [yes, no];
}
