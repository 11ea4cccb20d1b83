import type { Issue } from '#libs/domain/fhir';
import { SearchRefusedError, type StoredResource } from '#libs/fhir-rest';
import type { MeasuredPlace, MeasuredStream } from './measured-stream.js';

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

/** Where a page of both begins. */
export interface JoinedCursor {
  /** Of the index: undefined from its beginning, null: it has no more. */
  readonly indexed: string | null | undefined;
  /** Of the measurements: undefined from their beginning, null: there are no more. */
  readonly measured: MeasuredPlace | null | undefined;
}

export interface JoinedPage {
  readonly matches: readonly StoredResource[];
  readonly next: string | undefined;
}

/** `append`: measurements behind all others, by their time · `date`: all in one order by date. */
export type JoinedOrder = { readonly kind: 'append' } | { readonly kind: 'date'; readonly descending: boolean };

/** A page of both, in order: each stands on one page only, and none is left out that is there all the time. */
export async function joinedPage(
  begun: JoinedCursor,
  { matches, more }: IndexedMatches,
  stream: MeasuredStream,
  { order, count }: { readonly order: JoinedOrder; readonly count: number },
): Promise<JoinedPage> {
  const page: StoredResource[] = [];
  let at = 0;
  let filled = 0;
  while (filled < count) {
    const stored = matches[at];
    // Behind the index only when that has ended.
    const mayTake = order.kind === 'date' ? true : stored === undefined && !more;
    const measured = mayTake ? await stream.peek() : undefined;
    if (stored === undefined && measured === undefined) break;
    if (stored !== undefined && (measured === undefined || isBefore(stored, measured.place, order))) {
      // Measurements that were not looked at may come before it.
      if (mayTake && measured === undefined && !stream.isDone && !isBefore(stored, stream.position, order)) break;
      if (stored.resource !== null) page.push(stored.resource);
      at++;
    } else if (measured !== undefined) {
      page.push(measured.resource);
      stream.take();
    }
    filled++;
  }
  const indexedEnded = at === matches.length && !more;
  // A page that ends with the index goes on only where there is a measurement.
  if (indexedEnded) await stream.peek();
  if (indexedEnded && stream.isDone) return { matches: page, next: undefined };
  const indexed = indexedEnded ? null : (matches[at - 1]?.cursor ?? begun.indexed);
  const measured = stream.isDone ? null : stream.position;
  return { matches: page, next: joinedCursorText({ indexed, measured }) };
}

/** Of one moment the resources of the index come first. */
function isBefore(stored: IndexedMatch, place: MeasuredPlace | undefined, order: JoinedOrder): boolean {
  if (order.kind === 'append') return true;
  if (place === undefined) return false;
  const date = Number(stored.key);
  return order.descending ? date >= place.at : date <= place.at;
}

function joinedCursorText({ indexed, measured }: JoinedCursor): string {
  const place = measured == null ? measured : [measured.at, measured.twin, measured.code, measured.identity];
  return Buffer.from(JSON.stringify({ indexed, measured: place })).toString('base64url');
}

/**
 * @returns a cursor of the index alone when it is none of both: the measurements were not part of that search when it began
 * @throws SearchRefusedError for what is damaged
 */
export function readJoinedCursor(text: string | undefined): JoinedCursor {
  if (text === undefined) return { indexed: undefined, measured: undefined };
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { indexed: text, measured: null };
  const { indexed, measured } = value as { indexed?: unknown; measured?: unknown };
  const isIndexed = indexed == null || (typeof indexed === 'string' && indexed.length < 8000);
  if (!isIndexed) throw damaged();
  if (measured == null) return { indexed, measured };
  return { indexed, measured: placeOf(measured) };
}

/** Years 1 to 9999. */
const MAX_MS = 253_402_300_799_999;

function placeOf(value: unknown): MeasuredPlace {
  const [at, twin, code, identity] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const fits =
    Number.isSafeInteger(at) &&
    Math.abs(at as number) <= MAX_MS &&
    typeof twin === 'string' &&
    /^\d{1,18}$/.test(twin) &&
    Number.isInteger(code) &&
    (code as number) >= 0 &&
    (code as number) < 32_768 &&
    typeof identity === 'string' &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(identity);
  if (!fits) throw damaged();
  return { at: at as number, twin, code: code as number, identity };
}

function damaged(): SearchRefusedError {
  return new SearchRefusedError('value', 'the page link is damaged or is of another search', '_cursor');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

export const LEFT_OUT: Issue = {
  severity: 'information',
  code: 'incomplete',
  diagnostics:
    'measurements of wearable senders are found by searches that name a patient (at most 20): add patient or subject',
};

export const BEHIND: Issue = {
  severity: 'information',
  code: 'informational',
  diagnostics:
    'measurements of wearable senders are sorted by date only: here they stand behind the others, by their time',
};
