import type { PoolClient } from 'pg';
import type { Issue } from '#libs/domain/fhir';
import type { Queries, SearchAccess } from '#libs/fhir-rest';
import type { JoinedOrder } from '../derived/joined-page.js';
import { measuredScope } from './measured-scope.js';
import { hasWearables, MeasuredStream, type Wanted } from './measured-stream.js';

/** What a search has to do with measurements of wearable senders. */
export interface MeasuredPart {
  /** undefined: they are no part of it. */
  readonly wanted?: Wanted;
  readonly order: JoinedOrder;
  /** What the client must know of that. */
  readonly issues: readonly Issue[];
}

const NO_PART: MeasuredPart = { order: { kind: 'append' }, issues: [] };

/** Searches of Observations that name patients find measurements, too; of others the client learns that they do not. */
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
  const isByDate = queries.length === 1 && sort?.parameter === 'date';
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
  diagnostics:
    'measurements of wearable senders are found by searches that name a patient (at most 20): add patient or subject',
};

const BEHIND: Issue = {
  severity: 'information',
  code: 'informational',
  diagnostics:
    'measurements of wearable senders are sorted by date only: here they stand behind the others, by their time',
};
