import type { SearchParameterValue } from '#libs/fhir-search';

/** Parameters of a query or a form, in their order; what is badly encoded stands for itself. */
export function searchParametersOf(...texts: readonly (string | undefined)[]): readonly SearchParameterValue[] {
  return texts.flatMap((text) => [...new URLSearchParams(text ?? '')].map(([name, value]) => ({ name, value })));
}
