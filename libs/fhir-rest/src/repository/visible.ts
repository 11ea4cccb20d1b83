import type { Condition } from '#libs/fhir-search';

/** Of a type one of the lists of conditions must hold; an empty list restricts nothing, and of a type without a list nothing is found. */
export type Visible = (type: string) => readonly (readonly Condition[])[];
