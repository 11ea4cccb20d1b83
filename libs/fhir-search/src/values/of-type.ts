/**
 * Identifiers with a type are tokens of a parameter of their own: its code is the value of the identifier, its system the type, so that all
 * three are compared in one element.
 */
export function ofTypeParameter(parameter: string): string {
  return `${parameter}:of-type`;
}

export function isOfTypeParameter(parameter: string): boolean {
  return parameter.endsWith(':of-type');
}

/** A coding of `Identifier.type` as the system of such a token. */
export function typeOfIdentifier(system: string, code: string): string {
  // No uri has a bar, so that no two types look alike.
  return `${system}|${code}`;
}
