import type { WireSample } from '#libs/contracts';
import { measureByName, type Measure } from '#libs/domain/quantities';
import type { ClinicalContext, Unmeasured } from '../clinical/clinical.js';
import { effectiveOf, momentsWithin } from '../clinical/effective.js';
import { unknownModifier } from '../clinical/modifiers.js';
import { valueSamples, type Frame } from '../observations/observation-value.js';
import { localReference } from '../clinical/subject.js';
import type { UnmeasuredReason } from '../clinical/unmeasured.js';
import { listAt, momentAt, numberAt, objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import { givenOf } from './medication.js';

const BOLUS = measureByName('insulin-bolus');
const RATE = measureByName('insulin-basal-rate');
/** A dose over at most this is an amount at a time, whatever speed it was pushed at, ms. */
const AT_ONCE_MS = 15 * 60_000;
const UCUM = 'http://unitsofmeasure.org';

/** Every MedicationAdministration.status of R4. */
const STATUS: Readonly<Record<string, 'given' | 'halted' | 'withdrawn' | 'not-given'>> = {
  completed: 'given',
  'in-progress': 'given',
  'entered-in-error': 'withdrawn',
  'not-done': 'not-given',
  'on-hold': 'halted',
  stopped: 'halted',
  unknown: 'not-given',
};

type Note = (reason: UnmeasuredReason, expression: string) => void;

/**
 * Measurements of a MedicationAdministration of insulin: a dose is a bolus at the start of its time, a rate holds from its start and is 0 from its end.
 * The identifiers are `MedicationAdministration/<id>#insulin-bolus`, `#insulin-basal-rate` and, for the end, `#insulin-basal-rate~end`, so that an
 * update of the resource corrects them. Nothing is measured of another drug.
 */
export function administrationSamples(
  resource: JsonObject,
  context: ClinicalContext,
): { readonly samples: readonly WireSample[]; readonly unmeasured: readonly Unmeasured[] } {
  const unmeasured: Unmeasured[] = [];
  const note: Note = (reason, expression) =>
    void unmeasured.push({ reason, expression: `MedicationAdministration${expression}` });
  const given = givenOf(resource, context);
  if (given.kind === 'unclear') note(given.reason, '.medication');
  if (given.kind !== 'rapid-insulin') return { samples: [], unmeasured };
  const status = STATUS[textAt(resource, 'status') ?? ''] ?? 'not-given';
  if (status === 'withdrawn' || status === 'not-given') {
    note(status, '.status');
    return { samples: [], unmeasured };
  }
  const moment = momentsWithin(resource, context);
  if (!moment.ok) {
    note(moment.reason, '.effective');
    return { samples: [], unmeasured };
  }
  if (status === 'halted' && !isKnownInfusion(resource, moment.latest)) {
    note('not-given', '.status');
    return { samples: [], unmeasured };
  }
  const frame: Frame = { at: moment.ms, latest: moment.latest, device: deviceOf(resource), unverified: false };
  return { samples: dosageSamples(resource, frame, note), unmeasured };
}

/**
 * What was halted before all of it was given: a rate ran from its start to its end all the same, and a pump that was stopped has given that insulin. How
 * much was given of a dose, or of a rate whose end is not known or only planned, nobody says.
 */
function isKnownInfusion(resource: JsonObject, latest: number): boolean {
  const dosage = objectAt(resource, 'dosage');
  const isRate = objectAt(dosage, 'rateQuantity') !== undefined || objectAt(dosage, 'rateRatio') !== undefined;
  const period = objectAt(resource, 'effectivePeriod');
  const end = momentAt(period, 'end');
  if (!isRate || objectAt(dosage, 'dose') !== undefined || momentAt(period, 'start') === undefined) return false;
  return end !== undefined && end <= latest;
}

/** The identities that the values of a stored MedicationAdministration may have, without values, for taking them back. */
export function administrationIdentities(resource: JsonObject, otherwiseAt: number): readonly WireSample[] {
  const moment = effectiveOf(resource);
  const t = moment.ok ? moment.ms : otherwiseAt;
  return objectAt(resource, 'dosage') === undefined
    ? []
    : [
        { c: BOLUS.number, t, i: identifierOf(resource, BOLUS) },
        { c: RATE.number, t, i: identifierOf(resource, RATE) },
        { c: RATE.number, t, i: endIdentifierOf(resource) },
      ];
}

function dosageSamples(resource: JsonObject, frame: Frame, note: Note): readonly WireSample[] {
  const dosage = objectAt(resource, 'dosage');
  const modifier = dosage === undefined ? undefined : unknownModifier(dosage);
  if (modifier !== undefined) {
    note(modifier.reason, `.dosage.${modifier.element}`);
    return [];
  }
  const dose = objectAt(dosage, 'dose');
  const rate = objectAt(dosage, 'rateQuantity') ?? quotient(objectAt(dosage, 'rateRatio'));
  if (dose === undefined && rate === undefined) {
    note('dose-missing', '.dosage');
    return [];
  }
  const lasts = durationOf(resource);
  if (rate !== undefined && (dose === undefined || lasts > AT_ONCE_MS)) {
    // The dose is what flowed at that rate: the same insulin must not count twice.
    if (dose !== undefined) note('dose-and-rate', '.dosage.dose');
    return rateSamples(resource, rate, frame, note);
  }
  if (rate !== undefined) note('dose-and-rate', '.dosage.rate');
  return doseSamples(resource, dose!, frame, lasts, note);
}

function doseSamples(
  resource: JsonObject,
  dose: JsonObject,
  frame: Frame,
  lasts: number,
  note: Note,
): readonly WireSample[] {
  const samples = quantitySamples(dose, BOLUS, frame, identifierOf(resource, BOLUS), (reason) =>
    note(reason, '.dosage.dose'),
  );
  if (lasts <= AT_ONCE_MS) return samples;
  const extended = `given-over-${Math.round(lasts / 60_000)}-min`;
  return samples.map((sample) => ({ ...sample, q: 1, r: [...(sample.r ?? []), extended] }));
}

function rateSamples(resource: JsonObject, rate: JsonObject, frame: Frame, note: Note): readonly WireSample[] {
  const samples = quantitySamples(rate, RATE, frame, identifierOf(resource, RATE), (reason) =>
    note(reason, '.dosage.rate'),
  );
  const end = momentAt(objectAt(resource, 'effectivePeriod'), 'end');
  if (samples.length === 0 || end === undefined || end <= frame.at) return samples;
  if (end > frame.latest) {
    note('timestamp-in-future', '.effective.end');
    return samples;
  }
  const { o: _, q: _q, r: _r, ...start } = samples[0]!;
  return [...samples, { ...start, t: end, i: endIdentifierOf(resource), x: 0 }];
}

function quantitySamples(
  quantity: JsonObject,
  measure: Measure,
  frame: Frame,
  id: string,
  note: (reason: UnmeasuredReason) => void,
): readonly WireSample[] {
  // A SimpleQuantity has none; a bound of a dose is no dose.
  if ('comparator' in quantity || '_comparator' in quantity) {
    note('comparator-unsupported');
    return [];
  }
  return valueSamples({ valueQuantity: quantity }, measure, frame, id, note);
}

/** `[IU]` per `h` of a Ratio, as one quantity. */
function quotient(ratio: JsonObject | undefined): JsonObject | undefined {
  if (ratio === undefined) return undefined;
  const [amount, time] = [objectAt(ratio, 'numerator'), objectAt(ratio, 'denominator')];
  const [above, below] = [numberAt(amount, 'value'), numberAt(time, 'value')];
  const [unit, per] = [textAt(amount, 'code'), textAt(time, 'code')];
  if (above === undefined || below === undefined || !(below > 0)) return {};
  if ('comparator' in amount! || 'comparator' in time!) return { comparator: '<' };
  const isUcum = textAt(amount, 'system') === UCUM && textAt(time, 'system') === UCUM;
  const code = unit === undefined || per === undefined ? {} : { code: `${unit}/${per}` };
  return { value: above / below, ...(isUcum ? { system: UCUM } : {}), ...code };
}

/** How long it took, ms; 0 where it is not said. */
function durationOf(resource: JsonObject): number {
  const period = objectAt(resource, 'effectivePeriod');
  const [start, end] = [momentAt(period, 'start'), momentAt(period, 'end')];
  return start === undefined || end === undefined ? 0 : Math.max(0, end - start);
}

function deviceOf(resource: JsonObject): string | undefined {
  return listAt(resource, 'device')
    .map((one) => localReference(textAt(one, 'reference')))
    .find((one) => one?.[0] === 'Device')?.[1];
}

function identifierOf(resource: JsonObject, { name }: Measure): string {
  return `MedicationAdministration/${textAt(resource, 'id') ?? ''}#${name}`;
}

function endIdentifierOf(resource: JsonObject): string {
  return `${identifierOf(resource, RATE)}~end`;
}
