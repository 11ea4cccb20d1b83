import { deteriorationRisk, readingsOf, VITAL_FORECAST, VITAL_SIGNS } from '#libs/domain/vital-forecast';
import { cpuMilliseconds } from './measured.js';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5);
const ABOUT = { ageYears: 60, isPregnant: null, weightKg: null, parameters: null };
const FORECASTS = 6_000;
const SECONDS = 3_600;

function change(code: number, usual: number, t: number) {
  const identity = `a sender's own identifier ${code} ${t}`;
  const x = Math.round(10 * usual * (1 + 0.01 * Math.sin(t / 60_000))) / 10;
  return { identity, code, t, x, quality: 0, source: 'bench', isWithdrawn: false } as const;
}

/** Vital signs: what a value of a monitor costs the memory, a forecast of all horizons of one measure, a risk; and how large the memory is. */
export function vitalSigns(): readonly string[] {
  let day: unknown = null;
  for (let hour = 0; hour < 24; hour++)
    for (const { code, usual } of VITAL_SIGNS) day = VITAL_FORECAST.take(day, change(code, usual, T0 + hour * HOUR));
  const seconds = Array.from({ length: SECONDS }, (_, s) =>
    VITAL_SIGNS.map(({ code, usual }) => change(code, usual, T0 + 24 * HOUR + s * 1000)),
  ).flat();
  let streamed: unknown = day;
  const take = cpuMilliseconds(5, () => {
    streamed = seconds.reduce(VITAL_FORECAST.take, day);
  });
  // As records bring them: each makes a memory of its own, from which all vital signs are forecast in turn, and then the risk.
  const fresh = (): unknown => ({ ...(streamed as object) });
  const forecast = cpuMilliseconds(5, () => {
    for (let i = 0; i < FORECASTS; i += VITAL_SIGNS.length) {
      const read = readingsOf(fresh());
      for (const { code } of VITAL_SIGNS) VITAL_FORECAST.forecast(read, code, ABOUT);
    }
  });
  const risk = cpuMilliseconds(5, () => {
    for (let i = 0; i < FORECASTS; i++) deteriorationRisk(fresh(), ABOUT);
  });
  const both = cpuMilliseconds(5, () => {
    for (let i = 0; i < FORECASTS; i++) {
      const read = readingsOf(fresh());
      for (const { code } of VITAL_SIGNS) VITAL_FORECAST.forecast(read, code, ABOUT);
      deteriorationRisk(read, ABOUT);
    }
  });
  return [
    `a value of a monitor into the memory ${perRun(take, seconds.length)}`,
    `a forecast of 1, 3, 6 and 12 h of one vital sign ${perRun(forecast, FORECASTS)}`,
    `a risk of deterioration by itself ${perRun(risk, FORECASTS)}`,
    `forecasts of all vital signs and the risk from one record ${perRun(both, FORECASTS)}`,
    `memory of a person ${JSON.stringify(streamed).length} bytes of JSON`,
  ];
}

function perRun(milliseconds: readonly number[], runs: number): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const micros = (ms: number): string => ((1000 * ms) / runs).toFixed(2);
  return `${micros(sorted[Math.floor(sorted.length / 2)]!)} µs median, ${micros(sorted.at(-1)!)} µs at most`;
}
