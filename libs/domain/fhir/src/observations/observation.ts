import type { WireSample } from '#libs/contracts';
import { measureByCoding, type Measure } from '#libs/domain/quantities';
import type { ClinicalContext, Unmeasured } from '../clinical/clinical.js';
import { effectiveOf, momentsWithin } from '../clinical/effective.js';
import { listAt, objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import { unknownModifier } from '../clinical/modifiers.js';
import { valueIdentifiers, valueSamples, type Frame } from './observation-value.js';
import { localReference } from '../clinical/subject.js';
import type { UnmeasuredReason } from '../clinical/unmeasured.js';

/** Every Observation.status of R4, so that none is taken for a result by default. */
const STATUS: Readonly<Record<string, 'result' | 'unverified' | 'not-yet' | 'withdrawn'>> = {
  final: 'result',
  amended: 'result',
  corrected: 'result',
  preliminary: 'unverified',
  registered: 'not-yet',
  unknown: 'not-yet',
  cancelled: 'withdrawn',
  'entered-in-error': 'withdrawn',
};

interface Part {
  readonly element: JsonObject;
  readonly expression: string;
  readonly measure: Measure | undefined;
  /** Source identifier of its value; of several components of one code the second and later ones are numbered. */
  readonly id: string;
}

/**
 * Measurements of an Observation and its components. Each has the source identifier `Observation/<id>#<measure>` (points of a series
 * with `@<place>`, further dimensions with `~<number>`), so that an update of the resource is a correction of the measurement, not a
 * second one. What may change the meaning and is not understood gives none.
 */
export function observationSamples(
  resource: JsonObject,
  patient: string,
  context: ClinicalContext,
): { readonly samples: readonly WireSample[]; readonly unmeasured: readonly Unmeasured[] } {
  const samples: WireSample[] = [];
  const unmeasured: Unmeasured[] = [];
  const note = (reason: UnmeasuredReason, expression: string): void => void unmeasured.push({ reason, expression });
  const refusal = observationRefusal(resource, patient, context);
  if (refusal !== undefined) return { samples, unmeasured: [refusal] };
  const moment = momentsWithin(resource, context);
  if (!moment.ok) return { samples, unmeasured: [{ reason: moment.reason, expression: 'Observation.effective' }] };
  const device = localReference(textAt(objectAt(resource, 'device'), 'reference'));
  const frame: Frame = {
    at: moment.ms,
    latest: moment.latest,
    device: device?.[0] === 'Device' ? device[1] : undefined,
    unverified: STATUS[textAt(resource, 'status') ?? ''] === 'unverified',
  };
  for (const { element, expression, measure, id } of partsOf(resource)) {
    const modifier = element === resource ? undefined : unknownModifier(element);
    if (modifier !== undefined) note(modifier.reason, `${expression}.${modifier.element}`);
    else if (measure === undefined) {
      if (hasValue(element)) note('unknown-code', `${expression}.code`);
    } else if (measuresOf(element).size > 1) note('code-contradictory', `${expression}.code`);
    else samples.push(...valueSamples(element, measure, frame, id, (reason, at) => note(reason, `${expression}${at}`)));
  }
  if (samples.length === 0 && unmeasured.length === 0) note('unknown-code', 'Observation.code');
  return { samples, unmeasured };
}

/**
 * The identities that any version of this software may have given the values of a stored Observation, as samples without a value: for
 * taking them back. More than were measured do no harm.
 */
export function observationIdentities(resource: JsonObject, otherwiseAt: number): readonly WireSample[] {
  const moment = effectiveOf(resource);
  const t = moment.ok ? moment.ms : otherwiseAt;
  return partsOf(resource).flatMap(({ element, measure, id }) =>
    measure === undefined ? [] : valueIdentifiers(element, measure, id).map((i) => ({ c: measure.number, t, i })),
  );
}

/** Why nothing of the Observation is measured, or taken as a fact. */
export function observationRefusal(
  resource: JsonObject,
  patient: string,
  context: ClinicalContext,
): Unmeasured | undefined {
  const modifier = unknownModifier(resource);
  if (modifier !== undefined) return { reason: modifier.reason, expression: `Observation.${modifier.element}` };
  const status = STATUS[textAt(resource, 'status') ?? ''] ?? 'not-yet';
  if (status === 'withdrawn') return { reason: 'withdrawn', expression: 'Observation.status' };
  if (status === 'not-yet') return { reason: 'status-not-final', expression: 'Observation.status' };
  const focus = listAt(resource, 'focus');
  if (focus.some((one) => !isPatient(one, patient, context)))
    return { reason: 'focus-not-subject', expression: 'Observation.focus' };
  return undefined;
}

function isPatient(reference: JsonObject, patient: string, { patientsWith }: ClinicalContext): boolean {
  const text = textAt(reference, 'reference');
  if (text !== undefined) {
    const [type, id] = localReference(text) ?? [];
    return type === 'Patient' && id === patient;
  }
  const identifier = objectAt(reference, 'identifier');
  const value = textAt(identifier, 'value');
  if (value === undefined) return false;
  const found = patientsWith?.({ system: textAt(identifier, 'system') ?? '', value }) ?? [];
  return found.length === 1 && found[0] === patient;
}

function partsOf(resource: JsonObject): readonly Part[] {
  const components = listAt(resource, 'component').map((element, index) => ({
    element,
    expression: `Observation.component[${index}]`,
  }));
  const identity = `Observation/${textAt(resource, 'id') ?? ''}`;
  const used = new Map<string, number>();
  return [{ element: resource, expression: 'Observation' }, ...components].map((part) => {
    const [measure] = measuresOf(part.element);
    if (measure === undefined) return { ...part, measure, id: identity };
    const times = (used.get(measure.name) ?? 0) + 1;
    used.set(measure.name, times);
    // Two components of one code: the second must not correct the first.
    return { ...part, measure, id: `${identity}#${measure.name}${times === 1 ? '' : `-${times}`}` };
  });
}

function measuresOf(element: JsonObject): ReadonlySet<Measure> {
  const found = new Set<Measure>();
  for (const coding of listAt(objectAt(element, 'code'), 'coding')) {
    const measure = measureByCoding(textAt(coding, 'system') ?? '', textAt(coding, 'code') ?? '');
    if (measure !== undefined) found.add(measure);
  }
  return found;
}

function hasValue(element: JsonObject): boolean {
  return Object.keys(element).some((name) => /^value[A-Z]/.test(name));
}
