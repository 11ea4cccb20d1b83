import type { PoolClient } from 'pg';
import { parseJson, stringifyJson, type Issue, type JsonObject } from '#libs/domain/fhir';
import type { SearchQuery } from '#libs/fhir-search';
import type { SearchAccess, StoredResource } from '#libs/fhir-rest';
import { measuredPart } from './measured-part.js';
import { MeasuredStream, type Wanted } from './measured-stream.js';

export interface NewestMeasured {
  /** Measure by measure; `code` is the JSON text of `Observation.code`, `at` the effective time, ms. */
  readonly found: readonly {
    readonly id: string;
    readonly code: string;
    readonly at: number;
    readonly resource: StoredResource;
  }[];
  /** What the client must know of that. */
  readonly issues: readonly Issue[];
}

/** The newest measurements of wearable senders of each measure among those that a query of a patient's Observations finds. */
export async function newestMeasured(
  client: PoolClient,
  tenant: number,
  query: SearchQuery,
  max: number,
  access: SearchAccess,
): Promise<NewestMeasured> {
  const { wanted, issues } = await measuredPart(client, tenant, [query], access);
  if (wanted === undefined) return { found: [], issues };
  const found: NewestMeasured['found'][number][] = [];
  let isCut = false;
  for (const one of walksOf(wanted)) {
    const stream = new MeasuredStream(client, tenant, one, undefined, { count: max });
    for (let taken = 0; taken < max; taken++) {
      const match = await stream.peek();
      if (match === undefined) {
        isCut ||= !stream.isDone;
        break;
      }
      stream.take();
      const { resource, place } = match;
      found.push({ id: resource.id, code: codeOf(resource.content), at: place.at, resource });
    }
  }
  if (wanted.scope.of.kind === 'all') return { found, issues: [...issues, TOO_MANY] };
  return { found, issues: isCut ? [...issues, CUT] : issues };
}

/** Measure by measure, where patients are named; of more than may be named there would be no end. */
function walksOf(wanted: Wanted): readonly Wanted[] {
  const { scope } = wanted;
  if (scope.of.kind === 'all') return [];
  if (scope.of.kind === 'ids') return [{ ...wanted, descending: true }];
  return scope.codes.map((code) => ({ ...wanted, scope: { ...scope, codes: [code] }, descending: true }));
}

function codeOf(content: string): string {
  const parsed = parseJson(content);
  return parsed.ok ? stringifyJson((parsed.value as JsonObject)['code'] ?? null) : '';
}

const CUT: Issue = {
  severity: 'warning',
  code: 'incomplete',
  diagnostics: 'not all measurements of wearable senders were looked at: add a code or a date',
};

const TOO_MANY: Issue = {
  severity: 'information',
  code: 'incomplete',
  diagnostics: 'measurements of wearable senders are looked at for at most 20 patients',
};
