import { basalUnitsPerHour, UVA_PADOVA, VIRTUAL_PEOPLE, type UvaPadovaState } from '#libs/domain/physiology';
import type { RecordedValue } from '#libs/domain/scenarios';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Row {
  readonly code: RecordedValue['code'];
  /** ms */
  readonly t: number;
  readonly x: number;
  readonly source?: string;
  readonly quality?: 0 | 1 | 2;
}

/** Days of a virtual person that end at `until`: three meals a day with their boluses, and one an hour before the end with half of it. */
export function recordUntil(until: number, days: number): readonly Row[] {
  const person = VIRTUAL_PEOPLE.adult;
  const basal = basalUnitsPerHour(person);
  const minutes = days * 1440;
  const meals = new Map<number, { readonly grams: number; readonly units: number }>();
  for (let day = 0; day < days; day += 1)
    for (const [back, grams] of [
      [500, 60],
      [800, 70],
      [1200, 45],
    ] as const)
      meals.set(minutes - day * 1440 - back, { grams, units: grams / 14 });
  meals.set(minutes - 60, { grams: 50, units: 2 });
  const rows: Row[] = [{ code: 'insulin-basal-rate', t: until - minutes * MINUTE - HOUR, x: basal }];
  let state = UVA_PADOVA.init(person) as UvaPadovaState;
  for (let minute = 0; minute <= minutes; minute += 1) {
    const t = until - (minutes - minute) * MINUTE;
    if (minute % 5 === minutes % 5)
      rows.push({ code: 'glucose', t, x: Math.round(UVA_PADOVA.observe(person, state)['glucose']!) });
    const meal = meals.get(minute);
    if (meal !== undefined) {
      rows.push({ code: 'carbohydrate-intake', t, x: meal.grams });
      rows.push({ code: 'insulin-bolus', t, x: Math.round(meal.units * 20) / 20 });
    }
    const inputs = { carbohydrates: meal?.grams ?? 0, bolus: meal?.units ?? 0, basal };
    state = UVA_PADOVA.step(person, state, inputs, 1) as UvaPadovaState;
  }
  return rows;
}
