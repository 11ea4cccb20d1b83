import { parseJson, stringifyJson, type JsonObject } from '#libs/domain/fhir';
import { measureByNumber } from '#libs/domain/quantities';
import type { StoredResource } from '../repository/resources.js';
import { forecastIdOf, forecastKeyOf, type ForecastKey } from './forecast-id.js';
import { marked } from './mark.js';
import { conceptOf } from './measurement-observation.js';
import { EXTENSIONS, named, SOFTWARE, standardCoding, SYSTEMS } from './terms.js';

/** A forecast of a model. Times in ms since 1970, values in the canonical unit of the measure. */
export interface ForecastValue extends ForecastKey {
  /** Id of this one forecast, as `/v1/twins/{patient}/forecasts` has it. */
  readonly id: string;
  /** Of the twin after the record that made it; the version of the resource. */
  readonly version: number;
  /** FHIR id of the Patient. */
  readonly patient: string;
  /** What the model is called. */
  readonly title: string;
  readonly modelVersion: string;
  /** `demoted`: the newest value that goes on is in the place of what the model said. */
  readonly status: 'active' | 'demoted';
  readonly parameters: 'population' | 'personal';
  readonly issuedAt: number;
  readonly recordedAt: number;
  readonly inputs: readonly { readonly code: number; readonly count: number; readonly newest: number }[];
  readonly points: readonly ForecastHorizon[];
  /** Decimals that its values have. */
  readonly decimals: number;
}

export interface ForecastHorizon {
  readonly minutes: number;
  readonly mean: number;
  /** By level, as text; those of `INSIDE` among them. */
  readonly quantiles: Readonly<Record<string, number>>;
}

/** The central range that is the outcome of a prediction, and its probability in percent, as R4 has decimals there (ras-2). */
const INSIDE = { low: '0.1', high: '0.9', percent: 80 };
const OUTER = { low: '0.025', high: '0.975', percent: 95 };
const MINUTE = 60_000;
const UCUM = 'http://unitsofmeasure.org';

/** The forecast as a resource of this server, with the text that is answered. */
export function storedAssessment(value: ForecastValue): StoredResource {
  return stored(assessmentOf(value), value);
}

/** The Provenance of {@link storedAssessment}, under the same id. */
export function storedForecastProvenance(value: ForecastValue): StoredResource {
  return stored(provenanceOf(value), value);
}

/** The Provenance of a RiskAssessment that {@link storedAssessment} made. */
export function provenanceOfAssessment({
  id,
  content,
  version,
  lastUpdated,
}: StoredResource): StoredResource | undefined {
  const [key, parsed] = [forecastKeyOf(id), parseJson(content)];
  if (key === undefined || !parsed.ok) return undefined;
  const { method, occurrenceDateTime } = parsed.value as unknown as Assessment;
  const { version: modelVersion, display: title } = method.coding[0];
  const issuedAt = Date.parse(occurrenceDateTime);
  return stored(provenanceOf({ ...key, modelVersion, title, issuedAt, recordedAt: lastUpdated }), {
    version,
    recordedAt: lastUpdated,
  });
}

interface Assessment {
  readonly method: { readonly coding: readonly [{ readonly version: string; readonly display: string }] };
  readonly occurrenceDateTime: string;
}

function stored(
  resource: JsonObject,
  { version, recordedAt }: Pick<ForecastValue, 'version' | 'recordedAt'>,
): StoredResource {
  return {
    type: resource['resourceType'] as string,
    id: resource['id'] as string,
    version,
    deleted: false,
    content: stringifyJson(marked(resource, version, recordedAt)),
    lastUpdated: recordedAt,
  };
}

/**
 * A forecast as a RiskAssessment, without `meta`: a prediction for each horizon. What is forecast is a value: the outcome is that it lies within the
 * central 80 %; quantiles and mean stand in extensions.
 */
function assessmentOf(value: ForecastValue): JsonObject {
  const measure = conceptOf(value.code);
  return {
    resourceType: 'RiskAssessment',
    id: forecastIdOf(value),
    identifier: [{ system: SYSTEMS.forecast, value: value.id }],
    status: 'final',
    method: methodOf(value),
    code: {
      coding: [{ system: SYSTEMS.riskAssessment, code: 'value-forecast', display: 'Forecast of a measured value' }],
      text: `Forecast of ${titleOf(value.code)}`,
    },
    subject: { reference: `Patient/${value.patient}` },
    occurrenceDateTime: iso(value.issuedAt),
    performer: SOFTWARE,
    prediction: value.points.map((point) => predictionOf(value, point, measure)),
    note: notesOf(value).map((text) => ({ text })),
  };
}

function methodOf({ model, title, modelVersion }: ForecastValue): JsonObject {
  return { coding: [{ system: SYSTEMS.model, version: modelVersion, code: model, display: title }], text: title };
}

function predictionOf(value: ForecastValue, point: ForecastHorizon, measure: JsonObject): JsonObject {
  const { minutes, mean, quantiles } = point;
  const unit = measureByNumber(value.code)?.unit ?? '1';
  const quantity = (x: number): JsonObject => ({
    value: rounded(x, value.decimals),
    unit,
    system: UCUM,
    code: unit,
  });
  const range = ({ low, high }: typeof INSIDE): string =>
    `${rounded(quantiles[low]!, value.decimals)} to ${rounded(quantiles[high]!, value.decimals)} ${unit}`;
  const at = iso(value.issuedAt + minutes * MINUTE);
  const title = titleOf(value.code);
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
    outcome: { ...measure, text: `${title} within ${range(INSIDE)}` },
    probabilityDecimal: INSIDE.percent,
    whenPeriod: { start: at, end: at },
    rationale:
      `${title} forecast ${minutes} min ahead, from ${iso(value.issuedAt)}: median ${rounded(quantiles['0.5'] ?? mean, value.decimals)} ${unit}, ` +
      `${INSIDE.percent} % within ${range(INSIDE)}, ${OUTER.percent} % within ${range(OUTER)}.`,
  };
}

function notesOf({ model, modelVersion, status, parameters, inputs }: ForecastValue): readonly string[] {
  const read = inputs.map(({ code, count, newest }) => `${count} of ${titleOf(code)} (newest ${iso(newest)})`);
  return [
    `Model ${model} ${modelVersion}, parameters of ${parameters === 'personal' ? 'the person' : 'the population'}. Values read: ${read.length === 0 ? 'none listed' : read.join(', ')}.`,
    ...(status === 'demoted'
      ? ['For this person the model did worse than the newest value that goes on, which is shown in its place.']
      : []),
    'Research software, not a cleared medical device.',
  ];
}

type Origin = ForecastKey & Pick<ForecastValue, 'modelVersion' | 'title' | 'issuedAt' | 'recordedAt'>;

function provenanceOf(value: Origin): JsonObject {
  const { model, modelVersion, title, issuedAt, recordedAt } = value;
  const id = forecastIdOf(value);
  return {
    resourceType: 'Provenance',
    id,
    target: [{ reference: `RiskAssessment/${id}` }],
    occurredDateTime: iso(issuedAt),
    recorded: iso(recordedAt),
    activity: { coding: [{ system: SYSTEMS.riskAssessment, code: 'value-forecast' }] },
    agent: [
      {
        type: { coding: [standardCoding('provenance-participant-type', 'assembler', 'Assembler')] },
        who: named('Device', SYSTEMS.model, `${model}|${modelVersion}`, `Homeostat, model ${title} ${modelVersion}`),
      },
    ],
  };
}

function titleOf(code: number): string {
  return measureByNumber(code)?.title ?? `measure ${code}`;
}

function rounded(x: number, decimals: number): number {
  // No sign of zero.
  return Number(x.toFixed(decimals)) + 0;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
