import type { PoolClient } from 'pg';
import type { Issue } from '#libs/domain/fhir';
import { SearchRefusedError, type Queries, type SearchAccess } from '#libs/fhir-rest';
import type { SearchQuery } from '#libs/fhir-search';
import { readJoinedCursor } from '../derived/joined-cursor.js';
import type { JoinedOrder } from '../derived/joined-page.js';
import { MAX_WALKS, measuredScope, type MeasuredScope } from './measured-scope.js';
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

/** A page that goes on may meet so many times as many patients as the first one: a page link is the client's, and may be made up. */
const GROWTH = 10;
const MANY_MORE =
  'there are far more patients than a search by date over all of them can go on with: search anew, or name the patients';

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
  const asked =
    queries.length === 1 && sort?.parameter === 'date' ? await inOneOrder(client, tenant, scope, query) : undefined;
  const descending = asked !== undefined && sort?.descending === true;
  return {
    wanted: { scope: asked ?? scope, counted: scope, alternatives, descending },
    order: asked === undefined ? { kind: 'append' } : { kind: 'date', descending },
    issues: sort === undefined || asked !== undefined ? [] : [BEHIND],
  };
}

/**
 * Where measurements of all whom the search may find can be read in order of time: of named ones, and of all patients where they are few. A page that goes
 * on does as the first one did.
 */
async function inOneOrder(
  client: PoolClient,
  tenant: number,
  scope: MeasuredScope,
  { cursor }: Pick<SearchQuery, 'cursor'>,
): Promise<MeasuredScope | undefined> {
  if (scope.of.kind !== 'all') return scope;
  const begun = cursor === undefined ? undefined : readJoinedCursor(cursor).byDate === true;
  if (begun === false) return undefined;
  const few = Math.floor(MAX_WALKS / Math.max(1, scope.codes.length));
  const most = begun === true ? few * GROWTH : few;
  const { rows } = await client.query<{ patient: string }>({
    name: 'measured-patients',
    text: 'SELECT patient FROM twins WHERE tenant = $1 ORDER BY key LIMIT $2',
    values: [tenant, most + 1],
  });
  if (rows.length > most) {
    if (begun === undefined) return undefined;
    throw new SearchRefusedError('too-costly', MANY_MORE, '_cursor');
  }
  return { ...scope, of: { kind: 'patients', patients: rows.map(({ patient }) => patient) } };
}

/** @returns undefined when more than `maxRows` would have to be looked at */
export async function countMeasured(
  client: PoolClient,
  tenant: number,
  wanted: Wanted,
  maxRows: number,
): Promise<number | undefined> {
  const inAnyOrder = { ...wanted, scope: wanted.counted };
  const stream = new MeasuredStream(client, tenant, inAnyOrder, undefined, { count: maxRows, maxRows });
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
    'measurements of wearable senders are sorted by date only, where patients are named or few: here they stand behind the others',
};
