import { isJsonObject, type Json, type JsonObject } from '#libs/domain/fhir';
import { readElementPath } from './path/element-path.js';
import type { MutableJson } from './mutable-json.js';
import { MAX_PATCH_OPERATIONS, type FhirPathOperation, type PatchValue } from './patch.js';
import { PatchFault } from './patch-fault.js';

/** Nesting of the parts of a value. */
const MAX_PARTS_DEPTH = 16;

/**
 * The operations of a FHIRPath Patch (FHIR R4 fhirpatch.html).
 *
 * @param type of the resource that is patched
 * @throws PatchFault 400 with the place in the Parameters
 */
export function readFhirPathPatch(parameters: JsonObject, type: string): readonly FhirPathOperation[] {
  const list = parameters['parameter'] ?? [];
  if (!Array.isArray(list)) throw bad('parameter must be an array', 'Parameters.parameter');
  if (list.length > MAX_PATCH_OPERATIONS) {
    throw new PatchFault(413, 'too-long', `a patch may have at most ${MAX_PATCH_OPERATIONS} operations`);
  }
  return (list as readonly Json[]).map((parameter, index) => {
    const at = `Parameters.parameter[${index}]`;
    if (!isJsonObject(parameter) || parameter['name'] !== 'operation') {
      throw bad('each parameter of a FHIRPath Patch must be called operation', at);
    }
    return readOperation(partsOf(parameter, at), type, at);
  });
}

type Part = JsonObject & { readonly name: string };

function partsOf(parameter: JsonObject, at: string): readonly Part[] {
  const parts = parameter['part'];
  if (!Array.isArray(parts)) throw bad('the operation has no parts', `${at}.part`);
  return (parts as readonly Json[]).map((part, index) => {
    if (!isJsonObject(part) || typeof part['name'] !== 'string') {
      throw bad('a part must be an object with a name', `${at}.part[${index}]`);
    }
    return part as Part;
  });
}

function readOperation(parts: readonly Part[], type: string, at: string): FhirPathOperation {
  const kind = textOf(parts, 'type', at);
  const path = atPlace(at, () => readElementPath(textOf(parts, 'path', at), type));
  switch (kind) {
    case 'add':
      return { type: 'add', path, name: textOf(parts, 'name', at), value: valueOf(parts, at) };
    case 'insert':
      return { type: 'insert', path, index: indexOf(parts, 'index', at), value: valueOf(parts, at) };
    case 'delete':
      return { type: 'delete', path };
    case 'replace':
      return { type: 'replace', path, value: valueOf(parts, at) };
    case 'move':
      return {
        type: 'move',
        path,
        source: indexOf(parts, 'source', at),
        destination: indexOf(parts, 'destination', at),
      };
    default:
      throw bad('type must be add, insert, delete, replace or move', `${at}.part.where(name = 'type')`);
  }
}

function one(parts: readonly Part[], name: string, at: string): Part {
  const [part, another] = parts.filter((each) => each.name === name);
  const place = `${at}.part.where(name = '${name}')`;
  if (part === undefined) throw new PatchFault(400, 'required', `the operation has no part called ${name}`, at);
  if (another !== undefined) throw bad(`the part called ${name} stands twice`, place);
  return part;
}

function textOf(parts: readonly Part[], name: string, at: string): string {
  const part = one(parts, name, at);
  const text = part['valueString'] ?? part['valueCode'];
  if (typeof text !== 'string')
    throw bad(`the part called ${name} must be a string`, `${at}.part.where(name = '${name}')`);
  return text;
}

function indexOf(parts: readonly Part[], name: string, at: string): number {
  const part = one(parts, name, at);
  const value = part['valueInteger'] ?? part['valueUnsignedInt'] ?? part['valuePositiveInt'];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw bad(`the part called ${name} must be a whole number from 0`, `${at}.part.where(name = '${name}')`);
  }
  return value;
}

function valueOf(parts: readonly Part[], at: string): PatchValue {
  const place = `${at}.part.where(name = 'value')`;
  const values = parts.filter((part) => part.name === 'value');
  const [value] = values;
  if (values.length === 1 && value !== undefined) return readValue(value, place, 0);
  return readValue(one(parts, 'value', at), place, 0);
}

function readValue(part: Part, at: string, depth: number): PatchValue {
  if (depth > MAX_PARTS_DEPTH) throw new PatchFault(400, 'too-costly', 'parts are nested too deep', at);
  const names = Object.keys(part).filter((name) => /^_?value[A-Z]/.test(name));
  const suffixes = new Set(names.map((name) => name.replace(/^_?value/, '')));
  const forms = suffixes.size + Number('resource' in part) + Number('part' in part);
  if (forms !== 1) throw bad('a value must have exactly one of value[x], resource and part', at);
  if ('resource' in part) return { kind: 'resource', value: part['resource'] as MutableJson };
  if ('part' in part) {
    const parts = partsOf(part, at).map((inner, index) => ({
      name: inner.name,
      value: readValue(inner, `${at}.part[${index}]`, depth + 1),
    }));
    if (parts.length === 0) throw bad('a value must not be empty', at);
    return { kind: 'parts', parts };
  }
  const [suffix = ''] = suffixes;
  return {
    kind: 'typed',
    suffix,
    value: part[`value${suffix}`] as MutableJson | undefined,
    sibling: part[`_value${suffix}`] as MutableJson | undefined,
  };
}

function atPlace<T>(at: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof PatchFault) || fault.place !== undefined) throw fault;
    throw new PatchFault(fault.status, fault.code, fault.diagnostics, `${at}.part.where(name = 'path')`);
  }
}

function bad(diagnostics: string, place: string): PatchFault {
  return new PatchFault(400, 'structure', diagnostics, place);
}
