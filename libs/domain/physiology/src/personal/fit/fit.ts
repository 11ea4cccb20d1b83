import { refuse, type FittedParameters, type ModelRefusal } from '#libs/domain/forecasting';
import { basalHistoryOf } from '../model/basal-history.js';
import { PERSONAL_GLUCOSE_CARD } from '../model/card.js';
import {
  ASSUMED_WEIGHT_KG,
  glucoseRefusal,
  inputsRefusal,
  subjectRefusal,
  type PersonalSubject,
} from '../model/checks.js';
import { estimate, type Estimate } from './estimation.js';
import type { GlucoseReading, PersonalInputs } from '../model/inputs.js';
import { COORDINATES, coordinatesOf, fromCoordinate, PERSONAL_PARAMETERS } from '../model/parameters.js';
import { choleskyOf, priorOf, type Population, type Prior } from './population.js';
import { PUBLIC_POPULATION } from './public-population.js';
import { recordingOf, type Recording } from './record.js';
import { notIdentified, reportOf, type ParameterReport } from './report.js';
import { mostProbable } from './starts.js';
import { modelErrorOf, namedError } from '../model/model-error.js';
import { MINUTE_MS, timelineOf } from '../model/timeline.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days that a fit uses at most, the newest. */
export const FIT_DAYS = 14;
/** Least time between the first and the last reading, and least share of 5-min readings. */
const MIN_FIT_MS = 18 * HOUR_MS;
const MIN_SHARE = 0.5;
/** Least share of the time with a known basal rate. */
const MIN_BASAL = 0.8;
export interface PersonalFit {
  readonly kind: 'fitted';
  readonly parameters: FittedParameters;
  /** Of the simulation over the whole record against its readings: mg/dL and %. */
  readonly fit: { readonly rmse: number; readonly mard: number };
  readonly report: readonly ParameterReport[];
  /** Sentences: what was assumed, and whether the search converged. */
  readonly assumptions: readonly string[];
}

export interface FitRequest {
  readonly glucose: readonly GlucoseReading[];
  readonly inputs: PersonalInputs;
  readonly subject: PersonalSubject;
  /** An earlier fit: the search starts from it. */
  readonly previous?: FittedParameters | undefined;
  readonly fittedAt: number;
  readonly version: number;
  /** Distribution that stands for what is known of people; default: the public virtual people. */
  readonly population?: Population | undefined;
}

/**
 * Fits the model to a person: the most probable parameters given record and population (MAP), with their spread (Laplace). Uses the newest `FIT_DAYS` days.
 * Parameters that data do not determine keep the population's value, with the reason. The same request gives the same answer.
 */
export function fitPersonal(request: FitRequest): PersonalFit | ModelRefusal {
  const { glucose, inputs, subject, previous, population = PUBLIC_POPULATION } = request;
  const refusal = subjectRefusal(subject) ?? inputsRefusal(inputs) ?? glucoseRefusal(glucose);
  if (refusal !== null) return refusal;
  const prepared = preparedFrom(glucose, inputs, subject);
  if ('kind' in prepared) return prepared;
  const { recording, assumptions } = prepared;
  const prior = priorOf(population, recording.about);
  const from = (previous?.model === PERSONAL_GLUCOSE_CARD.id && coordinatesOf(previous.estimates)) || prior.mean;
  const found =
    mostProbable(recording, prior, from) ?? (from === prior.mean ? null : mostProbable(recording, prior, prior.mean));
  if (found === null)
    return refuse('outside-domain', 'No parameters of a person reproduce this record: it cannot be simulated.');
  const reasons = notIdentified(found, prior);
  const settled = reasons.size === 0 ? found : settledAt(recording, prior, found, new Set(reasons.keys()));
  const parameters = parametersOf(settled, recording, request);
  const errors = recording.mgPerDl.map((value, i) => Math.abs(settled.residuals[i]!) / value);
  return {
    kind: 'fitted',
    parameters,
    fit: { rmse: rmseOf(settled), mard: (100 * errors.reduce((sum, value) => sum + value, 0)) / errors.length },
    report: reportOf(settled, prior, reasons),
    assumptions: settled.hasConverged
      ? assumptions
      : [
          ...assumptions,
          `The search did not converge within ${settled.iterations} iterations; the best point found stands.`,
        ],
  };
}

/** Among the estimates of a fit whose search did not converge. */
export const NOT_CONVERGED = 'notConverged';

/** Refits with the coordinates of `fixed` at the population's values. */
function settledAt(recording: Recording, prior: Prior, found: Estimate, fixed: ReadonlySet<number>): Estimate {
  const from = found.coordinates.map((value, i) => (fixed.has(i) ? prior.mean[i]! : value));
  return estimate(recording, prior, from, { fixed, noise: found.noise, rounds: 1 }) ?? found;
}

interface Prepared {
  readonly recording: Recording;
  readonly assumptions: readonly string[];
}

function preparedFrom(
  glucose: readonly GlucoseReading[],
  inputs: PersonalInputs,
  subject: PersonalSubject,
): Prepared | ModelRefusal {
  if (glucose.length === 0) return refuse('no-data', 'There is no glucose.');
  const newest = glucose.reduce((latest, { t }) => Math.max(latest, t), -Infinity);
  const inWindow = glucose.filter(({ t }) => t >= newest - FIT_DAYS * DAY_MS);
  const oldest = inWindow.reduce((earliest, { t }) => Math.min(earliest, t), Infinity);
  const start = Math.floor(oldest / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.round((newest - start) / MINUTE_MS);
  if (newest - oldest < MIN_FIT_MS || inWindow.length < (MIN_SHARE * minutes) / 15)
    return refuse(
      'too-little-data',
      `A fit needs ${MIN_FIT_MS / HOUR_MS} h of glucose with a reading in half of the quarters of an hour.`,
    );
  const basal = basalHistoryOf(inputs.basal, start, newest, null);
  if (basal.known < MIN_BASAL || basal.mean === null)
    return refuse(
      'missing-input',
      `The basal rate is known for ${Math.round(100 * basal.known)} % of the time; ${100 * MIN_BASAL} % are needed.`,
    );
  const assumptions: string[] = [];
  if (basal.known < 0.999) assumptions.push('Where the basal rate is unknown it counts as its mean.');
  if (subject.weightKg === null) assumptions.push(`Body weight is unknown; ${ASSUMED_WEIGHT_KG} kg is assumed.`);
  if (subject.ageYears === null) assumptions.push('Age is unknown; an adult is assumed.');
  if (inputs.carbohydrates.length === 0)
    assumptions.push('No carbohydrates are recorded: meals would be taken for other causes.');
  const usual = usualRate(basal.mean, inputs, start, newest);
  const timeline = timelineOf({ ...inputs, basal: basal.segments }, start, minutes);
  return { recording: recordingOf(inWindow, timeline, usual, subject.weightKg ?? ASSUMED_WEIGHT_KG), assumptions };
}

/** Least basal insulin that can stand for rest, as a share of all insulin: some automated pumps give nearly all as boluses. */
const MIN_BASAL_SHARE = 0.2;

function usualRate(meanBasal: number, { boluses }: PersonalInputs, start: number, end: number): number {
  const bolused = boluses.reduce((sum, { t, units }) => (t >= start && t < end ? sum + units : sum), 0);
  const perHour = bolused / ((end - start) / HOUR_MS);
  return Math.max(meanBasal, MIN_BASAL_SHARE * (meanBasal + perHour), 0.05);
}

function parametersOf(
  found: Estimate,
  { about, at, timeline }: Recording,
  { fittedAt, version }: FitRequest,
): FittedParameters {
  const estimates: Record<string, number> = { BW: about.BW, u2ss: about.u2ss };
  for (const [i, { name, scale }] of PERSONAL_PARAMETERS.entries())
    estimates[name] = fromCoordinate(scale, found.coordinates[i]!);
  estimates['noisePhi'] = found.noise.phi;
  estimates['noiseSd'] = found.noise.sd;
  if (!found.hasConverged) estimates[NOT_CONVERGED] = 1;
  Object.assign(estimates, namedError(modelErrorOf(at, found.residuals, found.noise)));
  const lower = choleskyOf(found.covariance);
  const spread: number[] = [];
  for (let row = 0; row < COORDINATES; row += 1)
    for (let column = 0; column <= row; column += 1) spread.push(lower.get(row, column));
  return {
    model: PERSONAL_GLUCOSE_CARD.id,
    modelVersion: PERSONAL_GLUCOSE_CARD.version,
    version,
    fittedAt,
    dataFrom: timeline.start,
    dataUntil: timeline.start + timeline.minutes * MINUTE_MS,
    estimates,
    spread,
  };
}

function rmseOf({ residuals }: Estimate): number {
  return Math.sqrt(residuals.reduce((sum, value) => sum + value ** 2, 0) / residuals.length);
}
