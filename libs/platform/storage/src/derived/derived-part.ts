import type { PoolClient } from 'pg';
import type { Issue } from '#libs/domain/fhir';
import type { Queries, SearchAccess } from '#libs/fhir-rest';
import { forecastScope } from '../forecast-resources/forecast-scope.js';
import { ForecastStream, type WantedForecasts } from '../forecast-resources/forecast-stream.js';
import type { ForecastSource } from '../forecast-resources/forecast-values.js';
import { countMeasured, measuredPart } from '../measured/measured-part.js';
import { MeasuredStream, type Wanted } from '../measured/measured-stream.js';
import { NOTHING_DERIVED } from './derived-stream.js';
import type { JoinedCursor } from './joined-cursor.js';
import type { Derived, JoinedOrder } from './joined-page.js';

/** What a search has to do with what is not stored as resources: forecasts, and measurements of wearable senders. */
export interface DerivedPart {
  /** undefined: they are no part of it. */
  readonly forecasts?: WantedForecasts;
  readonly measured?: Wanted;
  readonly order: JoinedOrder;
  /** What the client must know of that. */
  readonly issues: readonly Issue[];
}

export async function derivedPart(
  client: PoolClient,
  tenant: number,
  queries: Queries,
  access: SearchAccess,
  sources: readonly ForecastSource[],
): Promise<DerivedPart> {
  const { wanted, order, issues } = await measuredPart(client, tenant, queries, access);
  const forecasts = wantedForecasts(queries, access, sources);
  const isBehind = forecasts !== undefined && forecasts.byDate === undefined && queries[0].sort.length > 0;
  return {
    ...(forecasts === undefined ? {} : { forecasts }),
    ...(wanted === undefined ? {} : { measured: wanted }),
    order: forecasts?.byDate === undefined ? order : { kind: 'date', ...forecasts.byDate },
    issues: isBehind ? [...issues, BEHIND] : issues,
  };
}

function wantedForecasts(
  queries: Queries,
  access: SearchAccess,
  sources: readonly ForecastSource[],
): WantedForecasts | undefined {
  if (sources.length === 0) return undefined;
  for (const type of ['RiskAssessment', 'Provenance'] as const) {
    const query = queries.find((one) => one.type === type);
    const scope = query && forecastScope(type, query.conditions);
    if (query === undefined || scope === undefined) continue;
    const alternatives = access.found(type).map((visible) => [...query.conditions, ...visible]);
    const [sort] = query.sort;
    const isByDate =
      queries.length === 1 && type === 'RiskAssessment' && sort?.parameter === 'date' && scope.kind === 'named';
    const byDate = isByDate ? { byDate: { descending: sort.descending } } : {};
    return { type, scope, sources, alternatives, ...byDate };
  }
  return undefined;
}

/** The streams of what is derived, from where a page begins. */
export function derivedStreams(
  client: PoolClient,
  tenant: number,
  { forecasts, measured }: DerivedPart,
  begun: JoinedCursor,
  count: number,
): Derived {
  return {
    forecasts:
      forecasts === undefined || begun.forecasts === null
        ? NOTHING_DERIVED
        : new ForecastStream(client, tenant, forecasts, begun.forecasts),
    measured:
      measured === undefined || begun.measured === null
        ? NOTHING_DERIVED
        : new MeasuredStream(client, tenant, measured, begun.measured, { count }),
  };
}

/** @returns undefined when more than `maxRows` would have to be looked at */
export async function countDerived(
  client: PoolClient,
  tenant: number,
  { forecasts, measured }: DerivedPart,
  maxRows: number,
): Promise<number | undefined> {
  const counts = [
    measured === undefined ? 0 : await countMeasured(client, tenant, measured, maxRows),
    forecasts === undefined ? 0 : await countForecasts(client, tenant, forecasts, maxRows),
  ];
  return counts.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
}

async function countForecasts(
  client: PoolClient,
  tenant: number,
  wanted: WantedForecasts,
  maxTwins: number,
): Promise<number | undefined> {
  const stream = new ForecastStream(client, tenant, wanted, undefined, maxTwins);
  let matches = 0;
  while ((await stream.peek()) !== undefined) {
    stream.take();
    matches++;
  }
  return stream.isDone ? matches : undefined;
}

const BEHIND: Issue = {
  severity: 'information',
  code: 'informational',
  diagnostics:
    'forecasts are sorted by date only, where patients are named: here they stand behind the others, by patient and measure',
};
