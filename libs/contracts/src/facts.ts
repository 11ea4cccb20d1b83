/** Kinds of facts a twin holds beside its measurements. */
export const FACT_KINDS = [
  'demographics',
  'condition',
  'medication',
  'allergy',
  'encounter',
  'device',
  'report',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];
