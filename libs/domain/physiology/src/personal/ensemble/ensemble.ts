import { refuse, seeded, type FittedParameters, type ModelRefusal } from '#libs/domain/forecasting';
import { NOT_CONVERGED } from '../fit/fit.js';
import { recordingOf } from '../fit/record.js';
import { basalHistoryOf } from '../model/basal-history.js';
import {
  ASSUMED_WEIGHT_KG,
  glucoseRefusal,
  inputsRefusal,
  subjectRefusal,
  type PersonalSubject,
} from '../model/checks.js';
import type { GlucoseReading, PersonalInputs } from '../model/inputs.js';
import { MINUTE_MS, timelineOf } from '../model/timeline.js';
import { errorNamed, UNFITTED_ERROR, type ModelError } from '../model/model-error.js';
import { broughtTo, type Draw } from './branch-state.js';
import { conditionedOn, drawn, posteriorOf } from './posterior.js';

const HOUR_MS = 3_600_000;

/** History that is simulated before the branch, at most. */
const HISTORY_MS = 72 * HOUR_MS;
/** Least history of glucose, greatest age of the newest reading, span in which basal rates must be known, and the share of it. */
const MIN_HISTORY_MS = 2 * HOUR_MS;
const MAX_AGE_MS = 30 * MINUTE_MS;
const BASAL_MS = 6 * HOUR_MS;
const MIN_BASAL = 0.8;

/** Possible states of a person at a time; arms are run from it and do not change it. */
export interface Ensemble {
  readonly kind: 'ensemble';
  /** The branch, ms; a whole minute. */
  readonly from: number;
  readonly draws: readonly Draw[];
  readonly seed: number;
  readonly parameters: 'personal' | 'population';
  /** All that is recorded or planned, also after the branch: an arm with more carbohydrates never lies below this. */
  readonly baseline: PersonalInputs;
  /** Basal rate where none is planned, [IU]/h: the newest known. */
  readonly basalUnitsPerHour: number;
  readonly error: ModelError;
  /** SD of an error of the sensor itself, the same all along a draw, mg/dL: two sensors disagree by twice as much. */
  readonly sensorSd: number;
  /** Newest reading used, ms. */
  readonly newestGlucose: number;
  /** Sentences: what was assumed. */
  readonly assumptions: readonly string[];
}

export interface EnsembleRequest {
  /** Null: not fitted yet; the population is conditioned on the history instead. */
  readonly parameters: FittedParameters | null;
  readonly subject: PersonalSubject;
  /** Readings after the branch are not used. */
  readonly glucose: readonly GlucoseReading[];
  /** All that is recorded or planned, before and after the branch. */
  readonly inputs: PersonalInputs;
  /** By how much a second sensor differs, mg/dL; absent: by no more than sensors do. */
  readonly disagreement?: number;
  /** The branch, ms. */
  readonly from: number;
  /** Whole, at least 1. */
  readonly draws: number;
  readonly seed: number;
}

/** Draws people from the posterior and brings each to the branch: simulated with the recorded inputs, compared with the newest readings. Deterministic. */
export function startEnsemble(request: EnsembleRequest): Ensemble | ModelRefusal {
  const { subject, inputs, from, draws: count, seed, parameters } = request;
  if (!(Number.isFinite(from) && Number.isInteger(count) && count >= 1))
    return refuse('outside-domain', 'A branch needs a time and at least one draw.');
  const before = request.glucose.filter(({ t }) => t <= from);
  const refusal =
    subjectRefusal(subject) ?? inputsRefusal(inputs) ?? glucoseRefusal(before) ?? historyRefusal(before, inputs, from);
  if (refusal !== null) return refusal;

  const oldest = before.reduce((earliest, { t }) => Math.min(earliest, t), Infinity);
  const start = Math.floor(Math.max(oldest, from - HISTORY_MS) / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.floor((from - start) / MINUTE_MS);
  const basal = basalHistoryOf(inputs.basal, start, from, null);
  const timeline = timelineOf({ ...inputs, basal: basal.segments }, start, minutes);
  const fitted = parameters && posteriorOf(parameters);
  const weightKg = (fitted && parameters.estimates['BW']) ?? subject.weightKg ?? ASSUMED_WEIGHT_KG;
  const u2ss = fitted ? parameters.estimates['u2ss']! : (Math.max(basal.mean ?? 0, 0.05) * 100) / weightKg;
  const recording = recordingOf(before, timeline, (u2ss * weightKg) / 100, weightKg);
  const posterior = fitted ?? conditionedOn(recording);
  if (posterior === null) return refuse('outside-domain', 'No parameters of a person reproduce this history.');

  const random = seeded(seed);
  const people = Array.from({ length: count }, () => drawn(posterior, recording.about, random));
  return {
    kind: 'ensemble',
    from: start + minutes * MINUTE_MS,
    draws: people.map((person) => broughtTo(person, recording)),
    seed,
    parameters: fitted ? 'personal' : 'population',
    baseline: inputs,
    basalUnitsPerHour: newestBasal(inputs, from),
    error: (fitted && errorNamed(parameters.estimates)) ?? UNFITTED_ERROR,
    sensorSd: (request.disagreement ?? 0) / 2,
    newestGlucose: newestOf(before),
    assumptions: assumptionsOf(subject, fitted && parameters, basal.known),
  };
}

function historyRefusal(
  glucose: readonly GlucoseReading[],
  { basal }: PersonalInputs,
  from: number,
): ModelRefusal | null {
  if (glucose.length === 0) return refuse('no-data', 'There is no glucose before the branch.');
  const age = from - newestOf(glucose);
  if (age > MAX_AGE_MS)
    return refuse(
      'stale-data',
      `The newest glucose is ${Math.round(age / MINUTE_MS)} min old; at most ${MAX_AGE_MS / MINUTE_MS} min are allowed.`,
    );
  const recent = glucose.filter(({ t }) => t >= from - HISTORY_MS);
  const span = newestOf(recent) - recent.reduce((earliest, { t }) => Math.min(earliest, t), Infinity);
  if (span < MIN_HISTORY_MS)
    return refuse('too-little-data', `A simulation needs ${MIN_HISTORY_MS / HOUR_MS} h of glucose before the branch.`);
  const { known } = basalHistoryOf(basal, from - Math.min(BASAL_MS, span), from, null);
  if (known < MIN_BASAL)
    return refuse(
      'missing-input',
      `The basal rate is known for ${Math.round(100 * known)} % of the hours before the branch; ${100 * MIN_BASAL} % are needed.`,
    );
  return null;
}

function newestOf(glucose: readonly GlucoseReading[]): number {
  return glucose.reduce((latest, { t }) => Math.max(latest, t), -Infinity);
}

function newestBasal({ basal }: PersonalInputs, from: number): number {
  const begun = basal.filter((segment) => segment.from <= from);
  return begun.reduce((newest, segment) => (segment.from >= newest.from ? segment : newest), begun[0]!).unitsPerHour;
}

function assumptionsOf(
  { weightKg, ageYears, isPregnant }: PersonalSubject,
  fitted: FittedParameters | null,
  known: number,
): readonly string[] {
  const assumptions: string[] = [];
  if (fitted === null)
    assumptions.push(
      'No parameters are fitted to the person: those of a population, conditioned on the last hours, stand.',
    );
  if (fitted?.estimates[NOT_CONVERGED] === 1)
    assumptions.push('The search of the fit did not converge: the most probable parameters it found stand.');
  if (weightKg === null && fitted === null)
    assumptions.push(`Body weight is unknown; ${ASSUMED_WEIGHT_KG} kg is assumed.`);
  if (ageYears === null) assumptions.push('Age is unknown; an adult is assumed.');
  if (isPregnant === null) assumptions.push('Pregnancy is not recorded; none is assumed.');
  if (known < 0.999) assumptions.push('Where the basal rate is unknown it counts as its mean.');
  assumptions.push(
    'After the last planned basal rate the newest one goes on.',
    'Insulin sensitivity stays as it was in the data of the fit.',
  );
  return assumptions;
}
