import type { PoolClient } from 'pg';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { storedAssessment, storedForecastProvenance, type ForecastValue, type StoredResource } from '#libs/fhir-rest';
import { matches, searchValuesOf, type Condition } from '#libs/fhir-search';
import type { DerivedStream } from '../derived/derived-stream.js';
import type { ForecastScope } from './forecast-scope.js';
import { newestForecasts, type ForecastSource, type TwinOfPatient } from './forecast-values.js';

/** Place in the order of forecasts: when it was issued (ms) where they are in order of time, else 0; twin, catalogue number, model. */
export interface ForecastPlace {
  readonly at: number;
  readonly twin: string;
  readonly code: number;
  readonly model: string;
  /** Which forecasts count: those recorded by then, ms. */
  readonly knownAt: number;
}

interface ForecastMatch {
  readonly place: ForecastPlace;
  readonly resource: StoredResource;
}

export interface WantedForecasts {
  readonly type: 'RiskAssessment' | 'Provenance';
  readonly scope: ForecastScope;
  readonly sources: readonly ForecastSource[];
  /** All lists of one of which must hold. */
  readonly alternatives: readonly (readonly Condition[])[];
  /** In order of time, which takes named patients; else by twin, measure and model. */
  readonly byDate?: { readonly descending: boolean };
}

/** Twins that are read at once, and that are looked at for one page. */
const BATCH = 100;
const MAX_TWINS = 1_000;

/** The newest forecasts that meet the conditions, in order, each once: those of one moment, whatever is forecast while pages are read. */
export class ForecastStream implements DerivedStream<ForecastPlace> {
  private buffer: ForecastMatch[] = [];
  private exhausted = false;
  private looked = 0;
  private begun: ForecastPlace | undefined;
  private taken: ForecastPlace | undefined;

  constructor(
    private readonly client: PoolClient,
    private readonly tenant: number,
    private readonly wanted: WantedForecasts,
    /** The last place that was passed. */
    private passed: ForecastPlace | undefined,
    private readonly maxTwins = MAX_TWINS,
  ) {
    this.begun = passed;
  }

  async peek(): Promise<ForecastMatch | undefined> {
    while (this.buffer.length === 0 && !this.exhausted && this.looked < this.maxTwins) await this.fill();
    return this.buffer[0];
  }

  take(): void {
    const match = this.buffer.shift();
    if (match !== undefined) this.taken = match.place;
  }

  get isDone(): boolean {
    return this.exhausted && this.buffer.length === 0;
  }

  get position(): ForecastPlace | undefined {
    return this.buffer.length === 0 ? this.passed : (this.taken ?? this.begun);
  }

  private async fill(): Promise<void> {
    const { twins, now } = await this.twins();
    const { passed, wanted } = this;
    const knownAt = passed?.knownAt ?? now;
    const values = await newestForecasts(this.client, this.tenant, twins, wanted.sources, knownAt);
    const found = values.flatMap((value) => {
      const place = this.placeOf(value, knownAt);
      return passed !== undefined && this.compare(place, passed) <= 0 ? [] : this.matchOf(value, place);
    });
    this.buffer = found.sort((a, b) => this.compare(a.place, b.place));
    this.begun = passed;
    this.taken = undefined;
    this.looked += twins.length;
    const last = twins.at(-1);
    if (wanted.scope.kind === 'named' || twins.length < BATCH) this.exhausted = true;
    if (last !== undefined && wanted.scope.kind === 'all') this.passed = behind(last, knownAt);
  }

  private matchOf(value: ForecastValue, place: ForecastPlace): readonly ForecastMatch[] {
    const resource = this.wanted.type === 'Provenance' ? storedForecastProvenance(value) : storedAssessment(value);
    const parsed = parseJson(resource.content);
    if (!parsed.ok) return [];
    const json = parsed.value as JsonObject;
    const index = searchValuesOf(json);
    const fits = this.wanted.alternatives.some((conditions) => matches(json, index, conditions) === 'yes');
    return fits ? [{ place, resource }] : [];
  }

  private placeOf({ issuedAt, twin, code, model }: ForecastValue, knownAt: number): ForecastPlace {
    return { at: this.wanted.byDate === undefined ? 0 : issuedAt, twin, code, model, knownAt };
  }

  private compare(a: ForecastPlace, b: ForecastPlace): number {
    const [at, twin] = [a.at - b.at, BigInt(a.twin) - BigInt(b.twin)];
    const order =
      at || Math.sign(Number(twin)) || a.code - b.code || (a.model < b.model ? -1 : Number(a.model > b.model));
    return this.wanted.byDate?.descending === true ? -order : order;
  }

  private async twins(): Promise<{ readonly twins: readonly TwinOfPatient[]; readonly now: number }> {
    const { scope } = this.wanted;
    const select = `SELECT key::text AS key, patient, (extract(epoch FROM now()) * 1000)::float8 AS now FROM twins WHERE tenant = $1`;
    const { rows } =
      scope.kind === 'named'
        ? await this.client.query<TwinOfPatient & { readonly now: number }>({
            name: 'forecast-twins-named',
            text: `${select} AND (key = ANY ($2::int8[]) OR patient = ANY ($3::text[])) ORDER BY key`,
            values: [this.tenant, scope.twins, scope.patients],
          })
        : await this.client.query<TwinOfPatient & { readonly now: number }>({
            name: 'forecast-twins-all',
            // The last twin again: a page may have ended among its forecasts.
            text: `${select} AND key >= $2 ORDER BY key LIMIT ${BATCH}`,
            values: [this.tenant, this.passed?.twin ?? '0'],
          });
    return { twins: rows, now: rows[0]?.now ?? 0 };
  }
}

/** Behind all forecasts of a twin. */
function behind({ key }: TwinOfPatient, knownAt: number): ForecastPlace {
  return { at: 0, twin: key, code: 32_767, model: '~', knownAt };
}
