/** Whom or what a sample names: a FHIR id, or a business identifier that is looked up. */
export type Reference =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'identifier'; readonly system: string; readonly value: string };

const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** Reads `{id}`, `Patient/{id}` (or `Device/{id}`) or `system|value`; undefined when it is none of them. */
export function parseReference(text: string, type: 'Patient' | 'Device'): Reference | undefined {
  const bar = text.indexOf('|');
  if (bar !== -1) {
    const value = text.slice(bar + 1);
    return value === '' ? undefined : { kind: 'identifier', system: text.slice(0, bar), value };
  }
  const id = text.startsWith(`${type}/`) ? text.slice(type.length + 1) : text;
  return FHIR_ID.test(id) ? { kind: 'id', id } : undefined;
}

/** The same text for all ways to write a reference; used as key of caches and groups. */
export function referenceKey(reference: Reference): string {
  return reference.kind === 'id' ? reference.id : `${reference.system}|${reference.value}`;
}

/** True when the text holds no control character and no half of a surrogate pair: what may be stored and logged. */
export function isCleanText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit === 0x7f) return false;
    if (unit >= 0xd800 && unit < 0xe000) return text.isWellFormed() && !CONTROL.test(text);
  }
  return true;
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
