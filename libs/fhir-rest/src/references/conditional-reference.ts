import { Decimal, type Json, type JsonObject } from '#libs/domain/fhir';
import type { TypedIdentifier } from '../repository/resources.js';

const CONDITIONAL = /^(Patient|Device)\?identifier=([^&]+)$/;

/** The identifier of a reference such as `Patient?identifier=urn:mrn|7`; other conditional references are not looked up. */
export function conditionalReference(reference: string): TypedIdentifier | undefined {
  const [, type, query] = CONDITIONAL.exec(reference) ?? [];
  if (type === undefined || query === undefined) return undefined;
  let text: string;
  try {
    text = decodeURIComponent(query);
  } catch {
    return undefined;
  }
  const bar = text.indexOf('|');
  const value = text.slice(bar + 1);
  if (bar === -1 || value === '') return undefined;
  return { type, system: text.slice(0, bar), value };
}

/** The resource with every conditional reference that `find` knows replaced by what it leads to. */
export function replaceConditional(
  resource: JsonObject,
  find: (identifier: TypedIdentifier) => string | undefined,
): JsonObject {
  return replaced(resource) as JsonObject;

  function replaced(value: Json): Json {
    if (Array.isArray(value)) return (value as readonly Json[]).map(replaced);
    if (typeof value !== 'object' || value === null || value instanceof Decimal) return value;
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([name, item]) => {
        const identifier = name === 'reference' && typeof item === 'string' ? conditionalReference(item) : undefined;
        return [name, identifier === undefined ? replaced(item) : (find(identifier) ?? item)];
      }),
    );
  }
}
