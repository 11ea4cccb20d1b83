import { operationOutcome, type Issue } from '#libs/domain/fhir';
import { entityTag, FHIR_JSON, type Answer, type Preference } from './answer.js';
import type { StepResult } from '../decide/decision.js';
import type { StoredResource } from '../repository/resources.js';

/** The answer to a bundle: one entry for each entry of the request, in its order (FHIR R4 http.html#transaction-response). */
export function bundleAnswer(
  type: 'transaction-response' | 'batch-response',
  results: readonly StepResult[],
  prefer: Preference,
): Answer {
  const entries = results.map((result) => entryOf(result, prefer));
  return {
    status: 200,
    headers: { 'content-type': FHIR_JSON },
    body: `{"resourceType":"Bundle","type":"${type}"${entryList(entries)}}`,
  };
}

/** FHIR JSON has no empty arrays: a list of nothing is absent (FHIR R4 json.html). */
export function entryList(entries: readonly string[]): string {
  return entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  422: 'Unprocessable Entity',
};

function entryOf(result: StepResult, prefer: Preference): string {
  switch (result.kind) {
    case 'written':
      return entry(result.created ? 201 : 200, result.resource, {
        ...(prefer === 'representation' ? { content: result.resource.content } : {}),
        ...outcomeOf('stored', result.warnings, prefer),
      });
    case 'matched':
      return entry(200, result.resource, {
        ...(prefer === 'representation' ? { content: result.resource.content } : {}),
        ...outcomeOf('there is one already', [], prefer),
      });
    case 'found':
      return entry(200, result.resource, result.isHead === true ? {} : { content: result.resource.content });
    case 'notModified':
      return entry(304, result.resource, {});
    case 'page':
      return entry(200, undefined, result.isHead ? {} : { content: result.content });
    case 'later':
      throw new Error('a step was never read');
    case 'deleted': {
      const { resource } = result;
      if (resource === undefined) return entry(204, undefined, outcomeOf('there was nothing to delete', [], prefer));
      // There is nothing to be read at its place.
      const { location: _, ...version } = versionOf(resource);
      return entry(204, undefined, { version, ...outcomeOf('deleted', [], prefer) });
    }
    case 'refused':
      return entry(result.status, undefined, { outcome: operationOutcome(result.issues) });
  }
}

/** Warnings are given whether they were asked for or not. */
function outcomeOf(diagnostics: string, warnings: readonly Issue[], prefer: Preference): { readonly outcome?: object } {
  if (prefer === 'OperationOutcome')
    return {
      outcome: operationOutcome([{ severity: 'information', code: 'informational', diagnostics }, ...warnings]),
    };
  return warnings.length === 0 ? {} : { outcome: operationOutcome(warnings) };
}

/** Where and what the version is, as the members of Bundle.entry.response say it. */
interface Version {
  readonly location?: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

function versionOf({ type, id, version, lastUpdated }: StoredResource): Version {
  return {
    location: `${type}/${id}/_history/${version}`,
    etag: entityTag(version),
    lastModified: new Date(lastUpdated).toISOString(),
  };
}

function entry(
  status: number,
  resource: StoredResource | undefined,
  more: { readonly content?: string; readonly version?: Version; readonly outcome?: object },
): string {
  const response = {
    status: `${status} ${STATUS_TEXT[status] ?? 'Error'}`,
    ...(resource === undefined ? more.version : versionOf(resource)),
    ...(more.outcome === undefined ? {} : { outcome: more.outcome }),
  };
  const content = more.content === undefined ? '' : `"resource":${more.content},`;
  return `{${content}"response":${JSON.stringify(response)}}`;
}
