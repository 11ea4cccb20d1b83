import type { PoolClient } from 'pg';
import type { Issue } from '#libs/domain/fhir';
import type { Queries, SearchAccess } from '#libs/fhir-rest';
import type { JoinedOrder } from '../derived/joined-page.js';
import { measuredScope } from './measured-scope.js';
import { MeasuredStream, type Wanted } from './measured-stream.js';
import { hasWearables } from './row-source.js';

/** What a search has to do with measurements of wearable senders. */
export interface MeasuredPart {
  /** undefined: they are no part of it. */
  readonly wanted?: Wanted;
  readonly order: JoinedOrder;
  /** What the client must know of that. */
  readonly issues: readonly Issue[];
}

const NO_PART: MeasuredPart = { order: { kind: 'append' }, issues: [] };

/** Searches of Observations find measurements, too; where they cannot, the client learns of it. */
export async function measuredPart(
  client: PoolClient,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
): Promise<MeasuredPart> {
  const query = queries.find(({ type }) => type === 'Observation');
  if (query === undefined || !(await hasWearables(client, tenant))) return NO_PART;
  const scope = measuredScope(query.conditions);
  if (scope === undefined) return { ...NO_PART, issues: [LEFT_OUT] };
  const alternatives = access.found('Observation').map((visible) => [...query.conditions, ...visible]);
  const [sort] = query.sort;
  const isByDate = queries.length === 1 && sort?.parameter === 'date' && scope.of.kind !== 'all';
  const descending = isByDate && sort.descending;
  return {
    wanted: { scope, alternatives, descending },
    order: isByDate ? { kind: 'date', descending } : { kind: 'append' },
    issues: sort === undefined || isByDate ? [] : [BEHIND],
  };
}

/** @returns undefined when more than `maxRows` would have to be looked at */
export async function countMeasured(
  client: PoolClient,
  tenant: number,
  wanted: Wanted,
  maxRows: number,
): Promise<number | undefined> {
  const stream = new MeasuredStream(client, tenant, wanted, undefined, { count: maxRows, maxRows });
  let matches = 0;
  while ((await stream.peek()) !== undefined) {
    stream.take();
    matches++;
  }
  return stream.isDone ? matches : undefined;
}

const LEFT_OUT: Issue = {
  severity: 'information',
  code: 'incomplete',
  diagnostics: 'measurements of wearable senders are not found by chains and _has: name patients by patient or subject',
};

const BEHIND: Issue = {
  severity: 'information',
  code: 'informational',
  diagnostics:
    'measurements of wearable senders are sorted by date only, where at most 20 patients are named: here they stand behind the others',
};
