import type { ClinicalContext } from '../clinical/clinical.js';
import { unknownModifier } from '../clinical/modifiers.js';
import { localReference } from '../clinical/subject.js';
import type { UnmeasuredReason } from '../clinical/unmeasured.js';
import { listAt, objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import { insulinOf, type InsulinKind } from './insulin-codes.js';

/** What was given, as far as its codes say. */
export type Given =
  | { readonly kind: 'rapid-insulin' }
  /** Something else, as far as is known: nothing to say. */
  | { readonly kind: 'not-insulin' }
  | { readonly kind: 'unclear'; readonly reason: UnmeasuredReason };

/** The medication of a MedicationAdministration: its own codes, or those of the Medication that it contains or refers to. Texts and displays are never enough. */
export function givenOf(resource: JsonObject, context: ClinicalContext): Given {
  const concept = objectAt(resource, 'medicationCodeableConcept');
  if (concept !== undefined) return ofKinds(kindsOf([concept]), [concept], resource);
  const medication = medicationOf(resource, context);
  if (medication === undefined) return unclear('medication-unresolved');
  const modifier = unknownModifier(medication);
  if (modifier !== undefined) return unclear(modifier.reason);
  const code = objectAt(medication, 'code');
  const own = code === undefined ? [] : [code];
  const ingredients = listAt(medication, 'ingredient')
    .map((one) => objectAt(one, 'itemCodeableConcept'))
    .filter((one) => one !== undefined);
  const kinds = kindsOf(own);
  // A product by a code that is not known here (a package's NDC, say) may say what is in it.
  return ofKinds(kinds.size > 0 ? kinds : kindsOf(ingredients), [...own, ...ingredients], resource);
}

/** Id of the Medication of this server that a MedicationAdministration refers to. */
export function medicationAsked(resource: JsonObject): string | undefined {
  const [type, id] = localReference(textAt(objectAt(resource, 'medicationReference'), 'reference')) ?? [];
  return type === 'Medication' ? id : undefined;
}

function medicationOf(resource: JsonObject, { medication }: ClinicalContext): JsonObject | undefined {
  const reference = textAt(objectAt(resource, 'medicationReference'), 'reference');
  const found = reference?.startsWith('#')
    ? listAt(resource, 'contained').find((one) => `#${textAt(one, 'id')}` === reference)
    : ofServer(medicationAsked(resource), medication);
  return found?.['resourceType'] === 'Medication' && textAt(found, 'status') !== 'entered-in-error' ? found : undefined;
}

function ofServer(id: string | undefined, find: ClinicalContext['medication']): JsonObject | undefined {
  return id === undefined ? undefined : find?.(id);
}

function kindsOf(concepts: readonly JsonObject[]): ReadonlySet<InsulinKind> {
  const codings = concepts.flatMap((concept) => listAt(concept, 'coding'));
  return new Set(codings.flatMap((one) => insulinOf(textAt(one, 'system') ?? '', textAt(one, 'code') ?? '') ?? []));
}

function ofKinds(kinds: ReadonlySet<InsulinKind>, concepts: readonly JsonObject[], resource: JsonObject): Given {
  if (kinds.has('rapid') && kinds.has('other')) return unclear('code-contradictory');
  if (kinds.has('other')) return unclear('insulin-not-rapid');
  if (kinds.size > 0) return { kind: 'rapid-insulin' };
  if (concepts.every((concept) => listAt(concept, 'coding').every((one) => textAt(one, 'code') === undefined)))
    return unclear('medication-not-coded');
  return mayBeInsulin(concepts, resource) ? unclear('medication-code-unknown') : { kind: 'not-insulin' };
}

/** Whether a person would take it for an insulin: by its name, or because it is dosed in units. The sender has to know that it was not measured. */
function mayBeInsulin(concepts: readonly JsonObject[], resource: JsonObject): boolean {
  const texts = concepts.flatMap((concept) => [
    textAt(concept, 'text'),
    ...listAt(concept, 'coding').map((one) => textAt(one, 'display')),
  ]);
  if (texts.some((text) => text !== undefined && /insulin/i.test(text))) return true;
  const dosage = objectAt(resource, 'dosage');
  const doses = [objectAt(dosage, 'dose'), objectAt(dosage, 'rateQuantity')];
  return doses.some((dose) => /^(?:U|\[[iI]U\])(?:\/|$)/.test(textAt(dose, 'code') ?? ''));
}

function unclear(reason: UnmeasuredReason): Given {
  return { kind: 'unclear', reason };
}
