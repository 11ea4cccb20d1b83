import type { JsonObject } from '#libs/domain/fhir';
import { measureByNumber } from '#libs/domain/quantities';
import { conceptOf } from '../measurement-observation.js';
import { EXTENSIONS, SYSTEMS } from '../terms.js';

export interface ForecastHorizon {
  readonly minutes: number;
  readonly mean: number;
  /** By level, as text; those of `INSIDE` among them. */
  readonly quantiles: Readonly<Record<string, number>>;
}

/** Something that may happen and that nobody measures: the mean of its distribution is its probability. */
export interface ForecastOutcome {
  readonly name: string;
  /** A noun phrase that can begin a sentence. */
  readonly title: string;
}

export interface Predicted {
  /** Catalogue number of the measure, or a number above those. */
  readonly code: number;
  /** Where the code is no measure. */
  readonly outcome?: ForecastOutcome | undefined;
  /** ms since 1970. */
  readonly issuedAt: number;
  readonly points: readonly ForecastHorizon[];
  /** Decimals that its values have. */
  readonly decimals: number;
}

/** The central range that is the outcome of a prediction, and its probability in percent, as R4 has decimals there (ras-2). */
const INSIDE = { low: '0.1', high: '0.9', percent: 80 };
const OUTER = { low: '0.025', high: '0.975', percent: 95 };
const MINUTE = 60_000;
const UCUM = 'http://unitsofmeasure.org';

/** The element `prediction`: one for each horizon. */
export function predictionsOf(predicted: Predicted): JsonObject[] {
  const { outcome, points } = predicted;
  return points.map((point) =>
    outcome === undefined ? valuePrediction(predicted, point) : eventPrediction(predicted, point, outcome),
  );
}

/** What is forecast, in words. */
export function predictedTitle({ code, outcome }: Pick<Predicted, 'code' | 'outcome'>): string {
  return outcome?.title ?? measureByNumber(code)?.title ?? `measure ${code}`;
}

/** The outcome is that the value lies within the central 80 %; quantiles and mean stand in extensions. */
function valuePrediction(predicted: Predicted, { minutes, mean, quantiles }: ForecastHorizon): JsonObject {
  const { code, issuedAt, decimals } = predicted;
  const unit = measureByNumber(code)?.unit ?? '1';
  const quantity = (x: number): JsonObject => quantityOf(x, unit, decimals);
  const range = ({ low, high }: typeof INSIDE): string =>
    `${rounded(quantiles[low]!, decimals)} to ${rounded(quantiles[high]!, decimals)} ${unit}`;
  const at = iso(issuedAt + minutes * MINUTE);
  const title = predictedTitle(predicted);
  return {
    extension: [
      { url: EXTENSIONS.forecastMean, valueQuantity: quantity(mean) },
      ...Object.entries(quantiles).map(([level, x]) => ({
        url: EXTENSIONS.forecastQuantile,
        extension: [
          { url: 'level', valueDecimal: Number(level) },
          { url: 'value', valueQuantity: quantity(x) },
        ],
      })),
    ],
    outcome: { ...conceptOf(code), text: `${title} within ${range(INSIDE)}` },
    probabilityDecimal: INSIDE.percent,
    whenPeriod: { start: at, end: at },
    rationale:
      `${title} forecast ${minutes} min ahead, from ${iso(issuedAt)}: median ${rounded(quantiles['0.5'] ?? mean, decimals)} ${unit}, ` +
      `${INSIDE.percent} % within ${range(INSIDE)}, ${OUTER.percent} % within ${range(OUTER)}.`,
  };
}

/** The outcome is the event, at any time up to the horizon. Quantiles of what is 1 or 0 say no more than its probability: they are left out. */
function eventPrediction(
  { issuedAt, decimals }: Predicted,
  { minutes, mean }: ForecastHorizon,
  { name, title }: ForecastOutcome,
): JsonObject {
  // A probability has two decimals more than its percentage.
  const percent = rounded(100 * Math.min(Math.max(mean, 0), 1), Math.max(decimals - 2, 0));
  const [start, end] = [iso(issuedAt), iso(issuedAt + minutes * MINUTE)];
  return {
    extension: [{ url: EXTENSIONS.forecastMean, valueQuantity: quantityOf(mean, '1', decimals) }],
    outcome: { coding: [{ system: SYSTEMS.outcome, code: name, display: title }], text: title },
    probabilityDecimal: percent,
    whenPeriod: { start, end },
    rationale: `${title}, from ${start}: probability ${percent} %.`,
  };
}

function quantityOf(x: number, unit: string, decimals: number): JsonObject {
  return { value: rounded(x, decimals), unit, system: UCUM, code: unit };
}

function rounded(x: number, decimals: number): number {
  // No sign of zero.
  return Number(x.toFixed(decimals)) + 0;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
