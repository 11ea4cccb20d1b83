import { isJsonObject, type Json, type JsonObject } from '#libs/domain/fhir';
import { profileOf } from '#libs/fhir-validation';
import { oneIssue } from '../answers/refusal.js';
import { readObject } from '../plan/read-object.js';

const MODES = ['create', 'update', 'delete', 'profile'] as const;
export type ValidationMode = (typeof MODES)[number];

/** What `$validate` is asked for (FHIR R4 resource-operation-validate.html). */
export interface ValidationRequest {
  /** Absent: what is stored. */
  readonly resource?: JsonObject;
  readonly mode?: ValidationMode;
  readonly profiles: readonly AskedProfile[];
}

export interface AskedProfile {
  readonly url: string;
  /** FHIRPath of where it was asked for. */
  readonly at: string;
  readonly isKnown: boolean;
}

/** Maximum profiles of a request. */
const MAX_PROFILES = 20;

/**
 * Reads the body, a resource or Parameters with `resource`, `mode` and `profile`, and the same names in the query.
 * @param text '' for none
 * @throws OutcomeProblem 400
 */
export function readValidation(
  text: string,
  type: string,
  query: Readonly<Record<string, unknown>> = {},
): ValidationRequest {
  const body = text.trim() === '' ? undefined : readObject(text);
  const isRequest = body?.['resourceType'] === 'Parameters' && (type !== 'Parameters' || hasOperationNames(body));
  const asked = isRequest ? fromParameters(body) : { resource: body, modes: [], profiles: [] };
  const modes = [...asked.modes, ...listOf(query['mode']).map((value) => ({ value, at: 'mode' }))];
  const urls = [...asked.profiles, ...listOf(query['profile']).map((value) => ({ value, at: 'profile' }))];
  if (urls.length > MAX_PROFILES) throw oneIssue(400, 'too-costly', `at most ${MAX_PROFILES} profiles at once`);
  const { resource } = asked;
  if (resource !== undefined && resource['resourceType'] !== type) {
    throw oneIssue(400, 'invalid', 'the resource is not of the type in the path', `${type}.resourceType`);
  }
  const mode = modeOf(modes);
  if (mode === 'profile' && urls.length === 0) {
    throw oneIssue(400, 'required', 'mode profile needs the parameter profile', modes[0]?.at);
  }
  return {
    ...(resource === undefined ? {} : { resource }),
    ...(mode === undefined ? {} : { mode }),
    profiles: urls.map(({ value, at }) => {
      if (typeof value !== 'string') throw oneIssue(400, 'value', 'profile must be a canonical URL', at);
      return { url: value, at, isKnown: profileOf(value) !== undefined };
    }),
  };
}

interface Part {
  readonly value: unknown;
  readonly at: string;
}

const NAMES = new Set(['resource', 'mode', 'profile']);

function partsOf(body: JsonObject): readonly Json[] {
  const { parameter } = body;
  return Array.isArray(parameter) ? (parameter as readonly Json[]) : [];
}

function hasOperationNames(body: JsonObject): boolean {
  return partsOf(body).some(
    (part) => isJsonObject(part) && typeof part['name'] === 'string' && NAMES.has(part['name']),
  );
}

function fromParameters(body: JsonObject): {
  resource: JsonObject | undefined;
  modes: readonly Part[];
  profiles: readonly Part[];
} {
  let resource: JsonObject | undefined;
  const modes: Part[] = [];
  const profiles: Part[] = [];
  partsOf(body).forEach((part, index) => {
    const at = `Parameters.parameter[${index}]`;
    if (!isJsonObject(part)) throw oneIssue(400, 'structure', 'a parameter must be an object', at);
    if (part['name'] === 'resource') {
      const one = part['resource'];
      if (!isJsonObject(one) || resource !== undefined)
        throw oneIssue(400, 'required', 'the parameter resource holds one resource', `${at}.resource`);
      resource = one;
    }
    if (part['name'] === 'mode') modes.push({ value: part['valueCode'], at: `${at}.valueCode` });
    if (part['name'] === 'profile') {
      const name = part['valueCanonical'] === undefined ? 'valueUri' : 'valueCanonical';
      profiles.push({ value: part[name], at: `${at}.${name}` });
    }
  });
  return { resource, modes, profiles };
}

function modeOf(asked: readonly Part[]): ValidationMode | undefined {
  const [first, ...more] = asked;
  if (first === undefined) return undefined;
  const mode = MODES.find((one) => one === first.value);
  if (mode === undefined || more.length > 0)
    throw oneIssue(400, 'value', `mode is one of ${MODES.join(', ')}`, first.at);
  return mode;
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
