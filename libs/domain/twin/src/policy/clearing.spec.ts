import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE, MINUTE, OXYGEN, T0, Ward } from '#libs/testing/ward';

/** Values at minutes after T0, one record each a second later, with a tick every minute between them and until `until`. */
function course(c: number, values: readonly (readonly [minute: number, x: number])[], until: number): Ward {
  const ward = new Ward();
  const at = new Map(values);
  for (let minute = 0; minute <= until; minute++) {
    const x = at.get(minute);
    const t = T0 + minute * MINUTE;
    if (x === undefined) ward.tick(t + 1000);
    else ward.send([{ c, t, x }]);
  }
  return ward;
}

function escalations(ward: Ward): number[] {
  return ward.outcomes.flatMap(({ transitions }) =>
    transitions.flatMap(({ alert, at }) => (alert.reason === 'unacknowledged' ? [(at - T0 - 1000) / MINUTE] : [])),
  );
}

const every5 = (from: number, values: readonly number[]) => values.map((x, i) => [from + i * 5, x] as const);
const everyMinute = (from: number, values: readonly number[]) => values.map((x, i) => [from + i, x] as const);
const times = (n: number, x: number): number[] => Array<number>(n).fill(x);

/** Rule, its measure, values, until when, and when it is escalated (minutes after the first value). */
const COURSES: readonly [string, number, readonly (readonly [number, number])[], number, number[]][] = [
  ['very low that is back after ten minutes', GLUCOSE, every5(0, [48, 48, 62, 80, 95, 100, 100]), 40, []],
  ['very low that stays', GLUCOSE, every5(0, times(6, 48)), 25, [15]],
  ['very low that is nearly back', GLUCOSE, every5(0, [48, 48, 57, 57, 57, 57]), 25, [15]],
  ['very low that is back, and below again', GLUCOSE, every5(0, [48, 48, 62, 62, 52, 52]), 25, [20]],
  ['very low that is back with a last value', GLUCOSE, every5(0, [48, 48, 62, 62]), 80, [55]],
  ['low that is back in time', GLUCOSE, every5(0, [66, 66, 66, 66, 66, 80, 80, 80, 80]), 60, []],
  ['saturation that is back', OXYGEN, [...everyMinute(0, times(15, 88)), [15, 95], [16, 95]], 30, []],
  ['saturation that stays', OXYGEN, everyMinute(0, times(20, 88)), 19, [15]],
  ['slow heart that is back with a last value', HEART_RATE, [...everyMinute(0, times(17, 35)), [17, 60]], 40, [24]],
];

describe('an alert that nobody acknowledges and whose values are back', () => {
  it.each(COURSES)('is escalated only when they do not stay: %s', (_, c, values, until, expected) => {
    expect(escalations(course(c, values, until))).toEqual(expected);
  });
});
