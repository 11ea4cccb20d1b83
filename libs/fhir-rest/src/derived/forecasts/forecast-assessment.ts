import { parseJson, stringifyJson, type JsonObject } from '#libs/domain/fhir';
import type { StoredResource } from '../../repository/resources.js';
import { forecastIdOf, forecastKeyOf, type ForecastKey } from './forecast-id.js';
import { predictedTitle, predictionsOf, type Predicted } from './forecast-prediction.js';
import { marked } from '../mark.js';
import { named, SOFTWARE, standardCoding, SYSTEMS } from '../terms.js';

/** A forecast of a model. Times in ms since 1970, values in the canonical unit of the measure. */
export interface ForecastValue extends ForecastKey, Predicted {
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
  readonly recordedAt: number;
  readonly inputs: readonly { readonly code: number; readonly count: number; readonly newest: number }[];
}

/** What is forecast: a value of a measure, or whether something happens. */
type ForecastKind = 'value-forecast' | 'event-forecast';

/** The forecast as a resource of this server, with the text that is answered. */
export function storedAssessment(value: ForecastValue): StoredResource {
  return stored(assessmentOf(value), value);
}

/** The Provenance of {@link storedAssessment}, under the same id. */
export function storedForecastProvenance(value: ForecastValue): StoredResource {
  return stored(provenanceOf(value, kindOf(value)), value);
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
  const { code, method, occurrenceDateTime } = parsed.value as unknown as Assessment;
  const { version: modelVersion, display: title } = method.coding[0];
  const issuedAt = Date.parse(occurrenceDateTime);
  const origin = { ...key, modelVersion, title, issuedAt, recordedAt: lastUpdated };
  return stored(provenanceOf(origin, code.coding[0].code), { version, recordedAt: lastUpdated });
}

interface Assessment {
  readonly code: { readonly coding: readonly [{ readonly code: ForecastKind }] };
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

/** A forecast as a RiskAssessment, without `meta`: a prediction for each horizon. */
function assessmentOf(value: ForecastValue): JsonObject {
  const kind = kindOf(value);
  const display = kind === 'value-forecast' ? 'Forecast of a measured value' : 'Forecast of an event';
  return {
    resourceType: 'RiskAssessment',
    id: forecastIdOf(value),
    identifier: [{ system: SYSTEMS.forecast, value: value.id }],
    status: 'final',
    method: methodOf(value),
    code: {
      coding: [{ system: SYSTEMS.riskAssessment, code: kind, display }],
      text: `Forecast of ${predictedTitle(value)}`,
    },
    subject: { reference: `Patient/${value.patient}` },
    occurrenceDateTime: iso(value.issuedAt),
    performer: SOFTWARE,
    prediction: predictionsOf(value),
    note: notesOf(value).map((text) => ({ text })),
  };
}

function kindOf({ outcome }: ForecastValue): ForecastKind {
  return outcome === undefined ? 'value-forecast' : 'event-forecast';
}

function methodOf({ model, title, modelVersion }: ForecastValue): JsonObject {
  return { coding: [{ system: SYSTEMS.model, version: modelVersion, code: model, display: title }], text: title };
}

function notesOf({ model, modelVersion, status, parameters, inputs, outcome }: ForecastValue): readonly string[] {
  const read = inputs.map(
    ({ code, count, newest }) => `${count} of ${predictedTitle({ code })} (newest ${iso(newest)})`,
  );
  const goesOn = outcome === undefined ? 'newest value that goes on' : 'present state that goes on';
  return [
    `Model ${model} ${modelVersion}, parameters of ${parameters === 'personal' ? 'the person' : 'the population'}. Values read: ${read.length === 0 ? 'none listed' : read.join(', ')}.`,
    ...(status === 'demoted'
      ? [`For this person the model did worse than the ${goesOn}, which is shown in its place.`]
      : []),
    'Research software, not a cleared medical device.',
  ];
}

type Origin = ForecastKey & Pick<ForecastValue, 'modelVersion' | 'title' | 'issuedAt' | 'recordedAt'>;

function provenanceOf(value: Origin, kind: ForecastKind): JsonObject {
  const { model, modelVersion, title, issuedAt, recordedAt } = value;
  const id = forecastIdOf(value);
  return {
    resourceType: 'Provenance',
    id,
    target: [{ reference: `RiskAssessment/${id}` }],
    occurredDateTime: iso(issuedAt),
    recorded: iso(recordedAt),
    activity: { coding: [{ system: SYSTEMS.riskAssessment, code: kind }] },
    agent: [
      {
        type: { coding: [standardCoding('provenance-participant-type', 'assembler', 'Assembler')] },
        who: named('Device', SYSTEMS.model, `${model}|${modelVersion}`, `Homeostat, model ${title} ${modelVersion}`),
      },
    ],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
