import type { Pool } from 'pg';
import type { z } from 'zod';
import type { ParametersQuery, ParametersSchema, WireParameters } from '#libs/contracts';
import { MODEL_IDS, refuse } from '#libs/domain/forecasting';
import { populationReport, type ParameterReport } from '#libs/domain/physiology';
import { DISCLAIMER } from '#libs/domain/twin';
import { notFound } from '#libs/platform/http';
import { findTwin, knownParameters } from '#libs/platform/storage';
import { PERSONAL_GLUCOSE } from '../simulation/personal-glucose.js';
import { invalid, modelRefuses } from '../simulation/refusals.js';

type Parameters = z.input<typeof ParametersSchema>;

/** What a fit says beside its parameters; see {@link Fits}. */
interface FitReport {
  readonly fit: { readonly rmse: number; readonly mard: number };
  readonly parameters: readonly ParameterReport[];
  readonly assumptions: readonly string[];
}

const DAY = 86_400_000;

/** @throws Problem 400 for a model that is none; 422 for one that is not fitted to persons */
export function refuseUnfitted(model: string): void {
  if (model === PERSONAL_GLUCOSE.id) return;
  if (!(MODEL_IDS as readonly string[]).includes(model))
    throw invalid([{ pointer: '/model', code: 'model-unknown', detail: 'must be a model of GET /v1/models' }]);
  throw modelRefuses(refuse('outside-domain', `${model} is not fitted to persons.`), model);
}

/** The parameters that counted at a time; those of the population where none were fitted. @throws Problem 400, 404, 422 */
export async function parametersOf(
  pool: Pool,
  tenant: number,
  patient: string,
  { model, at }: z.output<typeof ParametersQuery>,
  now: number,
): Promise<Parameters> {
  refuseUnfitted(model);
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const knownAt = at === undefined ? now : Date.parse(at);
  const found = await knownParameters(pool, { tenant, twin: twin.key, knownAt }, model);
  return found === undefined ? populationOf(patient) : fittedOf(patient, found);
}

function fittedOf(patient: string, found: WireParameters): Parameters {
  const report = found.report as unknown as FitReport | undefined;
  return {
    patient,
    model: found.model,
    modelVersion: found.modelVersion,
    version: found.version,
    fittedAt: iso(found.fittedAt),
    dataFrom: iso(found.dataFrom),
    dataUntil: iso(found.dataUntil),
    days: Math.round(((found.dataUntil - found.dataFrom) / DAY) * 10) / 10,
    fit: report?.fit ?? null,
    parameters: (report?.parameters ?? []).map(shown),
    assumptions: [...(report?.assumptions ?? [])],
    status: found.modelVersion === PERSONAL_GLUCOSE.version ? 'fitted' : 'outdated',
    disclaimer: DISCLAIMER,
  };
}

function populationOf(patient: string): Parameters {
  return {
    patient,
    model: PERSONAL_GLUCOSE.id,
    modelVersion: PERSONAL_GLUCOSE.version,
    version: 0,
    fittedAt: null,
    dataFrom: null,
    dataUntil: null,
    days: null,
    fit: null,
    parameters: populationReport().map(shown),
    assumptions: [],
    status: 'population',
    disclaimer: DISCLAIMER,
  };
}

function shown({ interval95, ...parameter }: ParameterReport): Parameters['parameters'][number] {
  return { ...parameter, interval95: [...interval95] };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
