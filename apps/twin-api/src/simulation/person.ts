import type { Pool } from 'pg';
import type { FittedParameters, Subject } from '#libs/domain/forecasting';
import { PERSONAL_GLUCOSE_CARD } from '#libs/domain/physiology';
import { measureByName, type MeasureName } from '#libs/domain/quantities';
import type { RecordedValue } from '#libs/domain/scenarios';
import { aboutPerson } from '#libs/domain/twin';
import { factsAt, knownParameters, knownValues, newestMeasurements, type KnownTwin } from '#libs/platform/storage';

/** What models are given of a person: as known then, and about `at`. */
export interface KnownPerson {
  readonly subject: Subject;
  readonly parameters: FittedParameters | null;
  /** Ascending by time. */
  readonly values: readonly RecordedValue[];
}

const CODES = [
  'glucose',
  'insulin-bolus',
  'insulin-basal-rate',
  'carbohydrate-intake',
  'exercise-intensity',
] as const satisfies readonly MeasureName[];
const NUMBERS = CODES.map((name) => measureByName(name).number);
const HELD = [measureByName('insulin-basal-rate').number];
const WEIGHT = measureByName('body-weight').number;

/**
 * Loads a person as known at a time: facts, weight and parameters that held at `at`, and values from `from` until `to` (ms, exclusive), with the basal
 * rate that held at `from`.
 */
export async function loadPerson(
  pool: Pool,
  known: KnownTwin,
  { at, from, to }: { readonly at: number; readonly from: number; readonly to: number },
): Promise<KnownPerson> {
  const { tenant, twin, knownAt } = known;
  const [facts, weights, parameters, columns] = await Promise.all([
    factsAt(pool, tenant, twin, at, knownAt),
    newestMeasurements(pool, tenant, twin, [WEIGHT], at, knownAt),
    parametersOf(pool, known),
    knownValues(pool, known, { codes: NUMBERS, held: HELD, from, to }),
  ]);
  const about = aboutPerson(
    facts.map((fact) => ({
      kind: fact.kind as never,
      version: fact.version,
      content: fact.content,
      ...(fact.from === null ? {} : { from: fact.from }),
      ...(fact.to === null ? {} : { to: fact.to }),
    })),
    at,
  );
  const values = columns.flatMap(({ code, times, values: xs, qualities, sources }) => {
    const name = CODES[NUMBERS.indexOf(code)]!;
    return times.map((t, i): RecordedValue => ({
      code: name,
      t,
      x: xs[i]!,
      quality: qualities[i]!,
      source: sources[i]!,
    }));
  });
  return {
    subject: { ...about, weightKg: weights[0]?.value ?? null, parameters },
    parameters,
    values: values.toSorted((a, b) => a.t - b.t),
  };
}

/** Parameters of another version of the model mean something else: they do not count. */
async function parametersOf(pool: Pool, known: KnownTwin): Promise<FittedParameters | null> {
  const { id, version } = PERSONAL_GLUCOSE_CARD;
  const found = await knownParameters(pool, known, id);
  if (found === undefined || found.modelVersion !== version) return null;
  const { report: _, ...parameters } = found;
  return parameters;
}
