import type { Comparator } from '#libs/contracts';
import { stringifyJson, type Json, type JsonObject } from '#libs/domain/fhir';
import { LOINC, MDC, measureByNumber, type Measure } from '#libs/domain/quantities';
import type { StoredResource } from '../repository/resources.js';
import { marked } from './mark.js';
import { observationIdOf, type Identified } from './measurement-id.js';
import { named, standardCoding, SYSTEMS } from './terms.js';

/** One version of a measurement of a wearable sender. Times in ms since 1970, values in the canonical unit of the measure. */
export interface MeasuredValue extends Identified {
  readonly version: number;
  /** FHIR id of the Patient. */
  readonly patient: string;
  readonly receivedAt: number;
  readonly recordedAt: number;
  /** When its quality was judged last, where that was later. */
  readonly judgedAt: number | null;
  readonly value: number | null;
  readonly comparator: Comparator | null;
  readonly series: readonly number[] | null;
  readonly periodMs: number | null;
  readonly channel: string | null;
  readonly quality: 0 | 1 | 2;
  readonly qualityReasons: readonly string[] | null;
  readonly retracted: boolean;
  readonly source: string;
  /** FHIR id of the Device, or ''. */
  readonly device: string;
}

const UCUM = 'http://unitsofmeasure.org';

/** Of R4's value set of observation categories; measures that are not named have none. */
const CATEGORIES: Readonly<Partial<Record<Measure['name'], JsonObject>>> = (() => {
  const vital = standardCoding('observation-category', 'vital-signs', 'Vital Signs');
  const activity = standardCoding('observation-category', 'activity', 'Activity');
  const therapy = standardCoding('observation-category', 'therapy', 'Therapy');
  return {
    'heart-rate': vital,
    'oxygen-saturation': vital,
    'respiratory-rate': vital,
    'systolic-pressure': vital,
    'diastolic-pressure': vital,
    'mean-pressure': vital,
    'body-temperature': vital,
    'body-weight': vital,
    'step-count': activity,
    'exercise-intensity': activity,
    'insulin-bolus': therapy,
    'insulin-basal-rate': therapy,
  };
})();

/** LOINC codes beside the first: the vital signs profile asks for the general one of oxygen saturation. */
const ALSO: Readonly<Partial<Record<Measure['name'], readonly string[]>>> = { 'oxygen-saturation': ['2708-6'] };

/** Leads in the order in which the catalogue has their MDC codes; '' for none. */
export const LEADS = ['', 'I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'III', 'aVR', 'aVL', 'aVF'];

/** The measurement as a resource of this server, with the text that is answered. */
export function storedObservation(value: MeasuredValue): StoredResource {
  const resource = markedObservation(value);
  return {
    type: 'Observation',
    id: resource['id'] as string,
    version: value.version,
    deleted: false,
    content: stringifyJson(resource),
    lastUpdated: lastUpdatedOf(value),
  };
}

/** The measurement as it is answered. */
export function markedObservation(value: MeasuredValue): JsonObject {
  return marked(observationOf(value), value.version, lastUpdatedOf(value));
}

function lastUpdatedOf({ recordedAt, judgedAt }: MeasuredValue): number {
  return Math.max(recordedAt, judgedAt ?? recordedAt);
}

/**
 * One version of a measurement as an Observation, without `meta`. A value of bad quality is not shown: its place has the
 * `dataAbsentReason` error; a doubtful one says so in `interpretation`. Reasons of both are its notes.
 */
export function observationOf(value: MeasuredValue): JsonObject {
  const measure = measureByNumber(value.code);
  return {
    resourceType: 'Observation',
    id: observationIdOf(value),
    identifier: [{ system: SYSTEMS.measurement, value: value.identity }],
    status: statusOf(value),
    ...observationCategories(value.code),
    code: conceptOf(value.code, value.channel),
    subject: { reference: `Patient/${value.patient}` },
    effectiveDateTime: new Date(value.effectiveAt).toISOString(),
    issued: new Date(value.recordedAt).toISOString(),
    ...valueOf(value, measure?.unit ?? '1'),
    ...qualityOf(value),
    device: deviceOf(value),
  };
}

/** The element `category` of a measure of the catalogue; nothing where it has none. */
export function observationCategories(code: number): JsonObject {
  const measure = measureByNumber(code);
  const category = measure === undefined ? undefined : CATEGORIES[measure.name];
  return category === undefined ? {} : { category: [{ coding: [category] }] };
}

/** The code of a measure of the catalogue: LOINC, or MDC where LOINC has none, and the catalogue's own name. */
export function conceptOf(code: number, channel: string | null = null): JsonObject {
  const measure = measureByNumber(code);
  if (measure === undefined) return { text: `measure ${code}` };
  const { name, title, loinc, mdc } = measure;
  const standard =
    loinc.length > 0
      ? [...loinc.slice(0, 1), ...(ALSO[name] ?? [])].map((one) => ({ system: LOINC, code: one }))
      : mdc.slice(0, 1).map((general) => ({ system: MDC, code: String(leadOf(measure, channel) ?? general) }));
  return {
    coding: [...standard, { system: SYSTEMS.measure, code: name, display: title }],
    text: channel === null ? title : `${title}, ${channel}`,
  };
}

function leadOf({ name, mdc }: Measure, channel: string | null): number | undefined {
  return name === 'ecg' && channel !== null ? mdc[LEADS.indexOf(channel)] : undefined;
}

function statusOf({ retracted, version }: MeasuredValue): string {
  if (retracted) return 'entered-in-error';
  return version === 1 ? 'final' : 'corrected';
}

function valueOf(value: MeasuredValue, unit: string): JsonObject {
  if (value.quality === 2) return { dataAbsentReason: { coding: [absent('error', 'Error')] } };
  if (value.value !== null) {
    const { comparator } = value;
    return { valueQuantity: quantity(value.value, unit, comparator) };
  }
  if (value.series === null || value.series.length === 0)
    return { dataAbsentReason: { coding: [absent('unknown', 'Unknown')] } };
  return {
    valueSampledData: {
      origin: quantity(0, unit, null),
      // Successive intervals have no period: the standard's way to leave a required element without a value.
      ...(value.periodMs === null ? { _period: NOT_APPLICABLE } : { period: value.periodMs }),
      dimensions: 1,
      data: value.series.map(plainDecimal).join(' '),
    },
  };
}

const NOT_APPLICABLE: JsonObject = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'not-applicable' }],
};

function absent(code: string, display: string): JsonObject {
  return standardCoding('data-absent-reason', code, display);
}

function quantity(value: number, unit: string, comparator: Comparator | null): JsonObject {
  return { value, ...(comparator === null ? undefined : { comparator }), unit, system: UCUM, code: unit };
}

/** SampledData.data takes no exponents: the digits are moved instead. */
function plainDecimal(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}${point < digits.length ? `.${digits.slice(point)}` : ''}`;
}

function qualityOf({ quality, qualityReasons }: MeasuredValue): JsonObject {
  if (quality === 0) return {};
  const code = quality === 1 ? 'doubtful' : 'bad';
  const display = `Quality ${code}`;
  const notes: Json = (qualityReasons ?? []).map((reason) => ({ text: `quality ${code}: ${reason}` }));
  return {
    ...(quality === 1
      ? { interpretation: [{ coding: [{ system: SYSTEMS.quality, code, display }], text: display }] }
      : {}),
    ...(notes.length === 0 ? {} : { note: notes }),
  };
}

function deviceOf({ device, source }: MeasuredValue): JsonObject {
  if (device === '') return named('Device', SYSTEMS.source, source, source);
  return { reference: `Device/${device}`, display: source };
}
