import type { PoolClient } from 'pg';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { matches, referencesBy, searchParameters, searchValuesOf, type Include } from '#libs/fhir-search';
import { isForecastId, provenanceOfAssessment, type Queries, type StoredResource, type Visible } from '#libs/fhir-rest';
import { columnsOf, toStored, type Row } from '../fhir/fhir-row.js';
import { referenceKey, type Key } from '../search-index/hash-keys.js';
import { searchSql } from './conditions/compile-conditions.js';
import { Parameters } from './statement.js';

/** Maximum resources that are added to a page. */
export const MAX_INCLUDED = 1000;
/** How often `:iterate` goes on from what was included. */
const MAX_ROUNDS = 4;

export interface Included {
  readonly resources: readonly StoredResource[];
  /** Whether there would have been more. */
  readonly isCut: boolean;
}

interface Source {
  readonly queries: Queries;
  readonly visible: Visible;
  readonly matches: readonly StoredResource[];
}

/** What `_include` and `_revinclude` add to the matches, each resource once. */
export async function includedBy(client: PoolClient, tenant: number, source: Source): Promise<Included> {
  const { includes } = source.queries[0];
  const including = new Including(client, tenant, source.visible, source.matches);
  let from = source.matches;
  for (let round = 0; round < MAX_ROUNDS && from.length > 0; round++) {
    const wanted = round === 0 ? includes : includes.filter(({ iterate }) => iterate);
    if (wanted.length === 0) break;
    from = await including.from(from, wanted);
  }
  return including.result();
}

class Including {
  private readonly known: Set<string>;
  private readonly found: StoredResource[] = [];
  private isCut = false;

  constructor(
    private readonly client: PoolClient,
    private readonly tenant: number,
    private readonly visible: Visible,
    found: readonly StoredResource[],
  ) {
    this.known = new Set(found.map(nameOf));
  }

  result(): Included {
    return { resources: this.found, isCut: this.isCut };
  }

  /** What the includes add from these resources, without what is there already. */
  async from(resources: readonly StoredResource[], includes: readonly Include[]): Promise<readonly StoredResource[]> {
    const before = this.found.length;
    const forward = includes.filter(({ reverse }) => !reverse);
    if (forward.length > 0) await this.follow(resources, forward);
    for (const include of includes) if (include.reverse) await this.referring(resources, include);
    return this.found.slice(before);
  }

  private async follow(resources: readonly StoredResource[], includes: readonly Include[]): Promise<void> {
    const idsByType = new Map<string, Set<string>>();
    for (const { type, id } of resources.flatMap((one) => referencesOf(one, includes))) {
      if (this.known.has(`${type}/${id}`)) continue;
      const ids = idsByType.get(type) ?? new Set();
      idsByType.set(type, ids.add(id));
    }
    for (const [type, ids] of idsByType) {
      await this.add(type, [...ids], (parameters) => `r.id = ANY (${parameters.add([...ids], 'text[]')})`);
    }
  }

  private async referring(resources: readonly StoredResource[], include: Include): Promise<void> {
    const place = { tenant: this.tenant, type: include.source };
    const names =
      include.parameter === '*'
        ? [...searchParameters(include.source).values()]
            .filter(({ type }) => type === 'reference')
            .map(({ code }) => code)
        : [include.parameter];
    const keys: Key[] = resources
      .filter(({ type }) => include.target === undefined || include.target === type)
      .flatMap((target) => names.map((name) => referenceKey(place, name, target)));
    if (include.source === 'Provenance' && names.includes('target'))
      for (const one of resources)
        this.addDerived(isForecastId(one.type, one.id) ? provenanceOfAssessment(one) : undefined);
    if (keys.length > 0)
      await this.add(include.source, undefined, (parameters) => `s.keys && ${parameters.keys(keys)}`);
  }

  /** What is not stored is compared with what the caller may find in memory. */
  private addDerived(made: StoredResource | undefined): void {
    if (made === undefined || this.known.has(nameOf(made))) return;
    const parsed = parseJson(made.content);
    if (!parsed.ok) return;
    const resource = parsed.value as JsonObject;
    const values = searchValuesOf(resource);
    if (!this.visible(made.type).some((conditions) => matches(resource, values, conditions) === 'yes')) return;
    if (this.found.length === MAX_INCLUDED) {
      this.isCut = true;
      return;
    }
    this.known.add(nameOf(made));
    this.found.push(made);
  }

  private async add(
    type: string,
    ids: readonly string[] | undefined,
    where: (parameters: Parameters) => string,
  ): Promise<void> {
    const room = MAX_INCLUDED - this.found.length;
    const parameters = new Parameters();
    const scope = { tenant: this.tenant, type, alias: 's', parameters, visible: this.visible };
    const found = searchSql(scope, ids === undefined ? [] : [{ kind: 'id', values: ids, not: false }]);
    const { rows } = await this.client.query<Row>(
      `SELECT ${columnsOf('r')}
       FROM fhir_search s JOIN fhir_resources r
         ON r.tenant = s.tenant AND r.type = ${parameters.add(type, 'text')} AND r.id = s.id AND NOT r.deleted
       WHERE ${found} AND ${where(parameters)} ORDER BY s.seq LIMIT ${parameters.add(room + this.known.size + 1, 'int')}`,
      parameters.values,
    );
    for (const row of rows) {
      if (this.known.has(nameOf(row))) continue;
      if (this.found.length === MAX_INCLUDED) {
        this.isCut = true;
        return;
      }
      this.known.add(nameOf(row));
      this.found.push(toStored(row));
    }
  }
}

function referencesOf(stored: StoredResource, includes: readonly Include[]): ReturnType<typeof referencesBy> {
  const parsed = parseJson(stored.content);
  if (!parsed.ok) return [];
  const resource = parsed.value as JsonObject;
  const values = searchValuesOf(resource);
  return includes.flatMap((include) => referencesBy(resource, include, values));
}

function nameOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}/${id}`;
}
