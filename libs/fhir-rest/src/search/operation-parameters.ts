import { Decimal, parseJson, type JsonObject } from '#libs/domain/fhir';
import type { SearchParameterValue } from '#libs/fhir-search';
import { oneIssue } from '../answers/refusal.js';

const MAX_PARAMETERS = 100;

/** The parameters of an operation as they were sent: a Parameters resource, or nothing. */
export function operationParameters(text: string | undefined): readonly SearchParameterValue[] {
  if (text === undefined || text.trim() === '') return [];
  const parsed = parseJson(text);
  const resource = parsed.ok ? (parsed.value as JsonObject | null) : null;
  if (resource === null || typeof resource !== 'object' || resource['resourceType'] !== 'Parameters')
    throw oneIssue(400, 'invalid', 'the body of an operation is a Parameters resource', 'Parameters');
  const list = resource['parameter'] ?? [];
  if (!Array.isArray(list) || list.length > MAX_PARAMETERS)
    throw oneIssue(
      400,
      'structure',
      `a list of at most ${MAX_PARAMETERS} parameters is needed`,
      'Parameters.parameter',
    );
  return (list as readonly unknown[]).map((one, at) => {
    const { name, ...rest } = (typeof one === 'object' && one !== null ? one : {}) as Readonly<Record<string, unknown>>;
    const values = Object.entries(rest).filter(([key]) => /^value[A-Z]/.test(key));
    const value = textOf(values[0]?.[1]);
    if (typeof name !== 'string' || values.length !== 1 || value === undefined)
      throw oneIssue(
        400,
        'value',
        'a parameter has a name and one simple value, or a Reference',
        `Parameters.parameter[${at}]`,
      );
    return { name, value };
  });
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Decimal) return value.text;
  if (typeof value !== 'object' || value === null) return undefined;
  const { reference } = value as { readonly reference?: unknown };
  return typeof reference === 'string' ? reference : undefined;
}
