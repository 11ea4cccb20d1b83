import type { StoredResource } from '#libs/fhir-rest';
import type { ForecastPlace } from '../forecast-resources/forecast-stream.js';
import type { MeasuredPlace } from '../measured/row-source.js';
import { StreamsInOrder, type DerivedStream } from './derived-stream.js';
import { joinedCursorText, type JoinedCursor } from './joined-cursor.js';

/** A match of the search index; `resource` is null where it has gone since it was indexed. */
export interface IndexedMatch {
  readonly resource: StoredResource | null;
  /** Where a page that ends with it goes on. */
  readonly cursor: string;
  /** First key of the order. */
  readonly key: string;
}

export interface IndexedMatches {
  readonly matches: readonly IndexedMatch[];
  readonly more: boolean;
}

/** What is made of rows when it is asked for, beside what is stored. */
export interface Derived {
  readonly forecasts: DerivedStream<ForecastPlace>;
  readonly measured: DerivedStream<MeasuredPlace>;
}

export interface JoinedPage {
  readonly matches: readonly StoredResource[];
  readonly next: string | undefined;
}

/** `append`: forecasts, then measurements behind all others, in orders of their own · `date`: all in one order by date. */
export type JoinedOrder = { readonly kind: 'append' } | { readonly kind: 'date'; readonly descending: boolean };

/** A page of what is stored and what is derived, in order: each stands on one page only, and none is left out that is there all the time. */
export async function joinedPage(
  begun: JoinedCursor,
  { matches, more }: IndexedMatches,
  derived: Derived,
  { order, count }: { readonly order: JoinedOrder; readonly count: number },
): Promise<JoinedPage> {
  const page: StoredResource[] = [];
  const stream = new StreamsInOrder([derived.forecasts, derived.measured]);
  let at = 0;
  let filled = 0;
  while (filled < count) {
    const stored = matches[at];
    // Behind the index only when that has ended.
    const mayTake = order.kind === 'date' ? true : stored === undefined && !more;
    const made = mayTake ? await stream.peek() : undefined;
    if (stored === undefined && made === undefined) break;
    if (stored !== undefined && (made === undefined || isBefore(stored, made.place, order))) {
      // What was not looked at may come before it.
      if (mayTake && made === undefined && !stream.isDone && !isBefore(stored, stream.position, order)) break;
      if (stored.resource !== null) page.push(stored.resource);
      at++;
    } else if (made !== undefined) {
      page.push(made.resource);
      stream.take();
    }
    filled++;
  }
  const indexedEnded = at === matches.length && !more;
  // A page that ends with the index goes on only where something else is behind it.
  if (indexedEnded) await stream.peek();
  if (indexedEnded && stream.isDone) return { matches: page, next: undefined };
  const indexed = indexedEnded ? null : (matches[at - 1]?.cursor ?? begun.indexed);
  const [forecasts, measured] = [placeIn(derived.forecasts), placeIn(derived.measured)];
  return { matches: page, next: joinedCursorText({ indexed, forecasts, measured, byDate: order.kind === 'date' }) };
}

function placeIn<Place extends { readonly at: number }>(stream: DerivedStream<Place>): Place | null | undefined {
  return stream.isDone ? null : stream.position;
}

/** Of one moment the resources of the index come first. */
function isBefore(stored: IndexedMatch, place: { readonly at: number } | undefined, order: JoinedOrder): boolean {
  if (order.kind === 'append') return true;
  if (place === undefined) return false;
  const date = Number(stored.key);
  return order.descending ? date >= place.at : date <= place.at;
}
