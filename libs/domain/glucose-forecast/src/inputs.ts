import type { ModelForecast } from '#libs/domain/forecasting';
import { isRecorded } from './features/features.js';
import type { History } from './features/history.js';
import type { Entry } from './memory/entries.js';
import { BASAL, BOLUS, CARBOHYDRATES, GLUCOSE, type Memory } from './memory/memory.js';

/** What a forecast rests on: values up to its moment, by measure; measures without any are left out. */
export function inputsOf(memory: Memory, history: History, source: string): ModelForecast['inputs'] {
  const { t, count } = history;
  const doses = [
    { code: BOLUS, entries: memory.boluses },
    { code: BASAL, entries: memory.basal },
    { code: CARBOHYDRATES, entries: memory.carbohydrates },
  ];
  const used = doses.flatMap(({ code, entries }) => (isRecorded(entries, t) ? [summary(code, entries, t)] : []));
  const newest = memory.glucose.findLast((reading) => reading.s === source && reading.q !== 2)!.t;
  return [{ code: GLUCOSE, count, newest }, ...used];
}

function summary(code: number, entries: readonly Entry[], t: number): ModelForecast['inputs'][number] {
  const known = entries.filter((entry) => entry.t <= t);
  return { code, count: known.length, newest: known.at(-1)!.t };
}
