import { Decimal, parseJson, type Issue, type Json } from '#libs/domain/fhir';
import { readPatch, type PatchRead } from './apply-patch.js';

/** The patch of a bundle's entry: Parameters, or a Binary that holds a JSON Patch (FHIR R4 http.html#transaction). */
export function readPatchResource(resource: Json | undefined, type: string): PatchRead {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource) || resource instanceof Decimal) {
    return refused('required', 'a PATCH carries Parameters, or a Binary with a JSON Patch');
  }
  const { resourceType, contentType, data } = resource as Readonly<Record<string, Json>>;
  if (resourceType !== 'Binary') return readPatch(resource, type);
  if (typeof contentType !== 'string' || !/^application\/json-patch\+json(?:\s*;|$)/i.test(contentType)) {
    return refused('value', 'the contentType of the Binary must be application/json-patch+json');
  }
  if (typeof data !== 'string') return refused('required', 'the Binary has no data');
  const text = textOf(data);
  const parsed = text === undefined ? undefined : parseJson(text);
  if (parsed === undefined) return refused('value', 'the data of the Binary must be base64 of UTF-8');
  if (!parsed.ok) return { ok: false, status: 400, issue: parsed.error };
  if (!Array.isArray(parsed.value)) return refused('structure', 'a JSON Patch is an array of operations');
  return readPatch(parsed.value, type);
}

function textOf(data: string): string | undefined {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
  } catch {
    return undefined;
  }
}

function refused(code: Issue['code'], diagnostics: string): PatchRead {
  return { ok: false, status: 400, issue: { severity: 'error', code, diagnostics } };
}
