import { objectAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import type { UnmeasuredReason } from './unmeasured.js';

export interface Modifier {
  readonly reason: UnmeasuredReason;
  /** Name of the element. */
  readonly element: string;
}

/**
 * What may change the meaning of a resource or backbone element and is not understood (FHIR R4 extensibility.html#isModifier): no
 * modifier extension and no implicit rules are known here. Modifier elements with codes (status, comparator, …) are read where they stand.
 */
export function unknownModifier(element: JsonObject): Modifier | undefined {
  if ('modifierExtension' in element) return { reason: 'modifier-extension', element: 'modifierExtension' };
  if ('implicitRules' in element || objectAt(element, '_implicitRules') !== undefined) {
    return { reason: 'implicit-rules', element: 'implicitRules' };
  }
  return undefined;
}
