import type { z } from 'zod';
import { SAMPLE_LIMITS, type MonitoringSchema, type TwinSchema } from '#libs/contracts';
import { CATALOGUE, measureByName } from '#libs/domain/quantities';
import { FRESH, monitoringOf, readTwin, viewOf, type Catalogue, type TwinState } from '#libs/domain/twin';
import { notFound, Problem } from '#libs/platform/http';
import {
  factsAt,
  findTwin,
  isQuarantined,
  newestMeasurements,
  openAlertsAt,
  twinSnapshot,
  type FactRow,
  type HotState,
  type MeasurementRow,
  type TwinRow,
} from '#libs/platform/storage';
import type { Pool } from 'pg';
import { codingOf, iso, measureOf, QUALITIES } from '../wire.js';

export type TwinView = z.input<typeof TwinSchema>;

const CODES = CATALOGUE.map((measure) => measure.number);

/** How far a value's time may be ahead of its recording: what the gateways tolerate, and a minute between the clocks of our own servers. */
const MAX_AHEAD_MS = SAMPLE_LIMITS.futureMs + 60_000;

/** How old a result that decays may be when it is shown, ms: insulin on board falls by at most 1 % a minute. */
const DECAY_SHOWN_MS = 60_000;

/** The twin now, at a time, or as it was known at a time. */
export class TwinViews {
  constructor(
    private readonly pool: Pool,
    private readonly catalogue: Catalogue,
    private readonly hot: Pick<HotState, 'get'>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * From the hot state when it is held there, else from Postgres. What the hot state holds of a twin in quarantine looks current and is not.
   *
   * @throws Problem 404; 503 `twin-unreadable`
   */
  async current(tenant: number, patient: string): Promise<TwinView> {
    const [hot, isAside] = await Promise.all([
      // A view of a dead cache is no reason to fail: Postgres is the truth.
      this.hot.get(tenant, patient).catch(() => undefined),
      isQuarantined(this.pool, { tenant, patient }),
    ]);
    if (isAside) throw twinUnreadable();
    if (hot === undefined) return this.fromStore(tenant, patient);
    const { moreFacts, ...view } = await this.asOfNow(tenant, patient, this.fromHot(hot.view));
    return moreFacts === 0 ? view : { ...view, facts: await this.allFacts(tenant, patient) };
  }

  /** @throws Problem 503 `twin-unreadable` */
  async refuseUnreadable(tenant: number, patient: string): Promise<void> {
    if (await isQuarantined(this.pool, { tenant, patient })) throw twinUnreadable();
  }

  /** Version of the current twin, without the cost of showing it. */
  async versionOf(tenant: number, patient: string): Promise<number> {
    const hot = await this.hot.get(tenant, patient).catch(() => undefined);
    return hot === undefined ? this.storedVersionOf(tenant, patient) : hot.version;
  }

  async storedVersionOf(tenant: number, patient: string): Promise<number> {
    const twin = await findTwin(this.pool, tenant, patient);
    if (twin === undefined) throw notFound('the patient');
    return twin.version;
  }

  /** `at` and `knownAt` in ms; now where absent. */
  async at(
    tenant: number,
    patient: string,
    times: { at?: number | undefined; knownAt?: number | undefined },
  ): Promise<TwinView> {
    const twin = await findTwin(this.pool, tenant, patient);
    if (twin === undefined) throw notFound('the patient');
    const now = this.now();
    const knownAt = times.knownAt ?? now;
    // Without `at` everything known counts, even what a fast clock dated ahead of ours. What was recorded later is not looked through.
    const at = times.at ?? Number.MAX_SAFE_INTEGER / 1000;
    const newest = times.at ?? knownAt + MAX_AHEAD_MS;
    const [measurements, facts, alerts] = await Promise.all([
      newestMeasurements(this.pool, tenant, twin.key, CODES, newest, knownAt),
      factsAt(this.pool, tenant, twin.key, at, knownAt),
      openAlertsAt(this.pool, tenant, twin.key, at, knownAt),
    ]);
    const judgedAt = times.at ?? knownAt;
    return {
      ...head(twin, measurements, times),
      knownAt: iso(knownAt),
      measures: Object.fromEntries(measurements.flatMap((row) => measureEntry(row, judgedAt))),
      facts: facts.map(factView),
      alerts: alerts as TwinView['alerts'],
    };
  }

  /** As from the hot state: what the tables do not have (`derived`, `refusals`) is in the engine's own state. */
  private async fromStore(tenant: number, patient: string): Promise<TwinView> {
    const [view, state] = await Promise.all([this.at(tenant, patient, {}), this.stateOf(tenant, patient)]);
    if (state === undefined) return view;
    const { derived, refusals, monitoring } = viewOf(this.catalogue, state, this.now());
    return {
      ...view,
      derived: derived as TwinView['derived'],
      refusals: [...refusals],
      monitoring: monitoring as TwinView['monitoring'],
    };
  }

  /** Whether alerts of the patient are emitted, as the engine has it now. @throws Problem 404; 503 `twin-unreadable` */
  async monitoring(tenant: number, patient: string): Promise<z.input<typeof MonitoringSchema>> {
    const state = await this.stateOf(tenant, patient);
    if (state === undefined) return { state: 'on' };
    return monitoringOf(state, this.now()) as z.input<typeof MonitoringSchema>;
  }

  /** The engine's own state; undefined before the first record. @throws Problem 404; 503 `twin-unreadable` */
  private async stateOf(tenant: number, patient: string): Promise<TwinState | undefined> {
    const row = await twinSnapshot(this.pool, tenant, patient);
    if (row === undefined) throw notFound('the patient');
    if (row.isQuarantined) throw twinUnreadable();
    if (row.snapshot === null) return undefined;
    const stored = readTwin(this.catalogue, row.snapshot, { tenant, patient, version: row.version });
    if (stored.kind !== 'twin') throw twinUnreadable();
    return stored.state;
  }

  /** The snapshot keeps only the newest facts of a patient who has many. */
  private async allFacts(tenant: number, patient: string): Promise<TwinView['facts']> {
    const twin = await findTwin(this.pool, tenant, patient);
    if (twin === undefined) throw notFound('the patient');
    const facts = await factsAt(this.pool, tenant, twin.key, Number.MAX_SAFE_INTEGER / 1000, this.now());
    return facts.map(factView);
  }

  /** What decays without new values is reckoned again from the stored state, unless it is as of just now. */
  private async asOfNow<T extends TwinView>(tenant: number, patient: string, view: T): Promise<T> {
    const now = this.now();
    const isPast = this.catalogue.derived.some((measure) => {
      if (measure.kind !== 'detected' || measure.decays !== true) return false;
      const shown = view.derived?.[measure.name];
      return shown !== undefined && 'value' in shown && now - Date.parse(shown.effectiveAt) > DECAY_SHOWN_MS;
    });
    const state = isPast ? await this.stateOf(tenant, patient) : undefined;
    if (state === undefined) return view;
    return { ...view, derived: viewOf(this.catalogue, state, now).derived as TwinView['derived'] };
  }

  private fromHot(text: string): TwinView & { readonly moreFacts: number } {
    const now = this.now();
    const view = JSON.parse(text) as TwinView & { readonly moreFacts: number };
    const measures = Object.entries(view.measures).map(([name, value]) => {
      const measure = measureByName(name);
      if (measure === undefined) return [name, value] as const;
      const stale = now - Date.parse(value.effectiveAt) > FRESH[measure.name];
      return [name, { ...value, coding: codingOf(measure), stale }] as const;
    });
    return { ...view, knownAt: iso(now), measures: Object.fromEntries(measures) };
  }
}

/** The past of the patient (`at`, `known-at`, measurements, alerts) is in tables of its own and is answered all the same. */
function twinUnreadable(): Problem {
  return new Problem(
    503,
    'twin-unreadable',
    'the stored twin of this patient cannot be read: the patient is not monitored, and new records wait until an operator has run ' +
      '"npm run rebuild" for this patient, or software that can read it runs; see docs/operate.md',
  );
}

function head(
  twin: TwinRow,
  measurements: readonly MeasurementRow[],
  times: { at?: number | undefined; knownAt?: number | undefined },
): Pick<TwinView, 'patient' | 'type' | 'version' | 'asOf'> {
  const past = times.at !== undefined || times.knownAt !== undefined;
  const newest = measurements.reduce<number | null>(
    (most, row) => Math.max(most ?? row.effectiveAt, row.effectiveAt),
    null,
  );
  const asOf = past ? newest : (twin.asOf ?? newest);
  return { patient: twin.patient, type: twin.type, version: twin.version, asOf: asOf === null ? null : iso(asOf) };
}

function measureEntry(row: MeasurementRow, at: number): readonly [string, TwinView['measures'][string]][] {
  const measure = measureOf(row.code);
  const value = row.value ?? row.series?.at(-1);
  if (value === undefined) return [];
  const entry = {
    value,
    ...(row.comparator === null ? {} : { comparator: row.comparator }),
    unit: measure.unit,
    effectiveAt: iso(row.effectiveAt),
    receivedAt: iso(row.receivedAt),
    recordedAt: iso(row.recordedAt),
    source: row.source,
    quality: QUALITIES[row.quality],
    stale: at - row.effectiveAt > FRESH[measure.name],
    coding: codingOf(measure),
  };
  return [[measure.name, entry]];
}

function factView(fact: FactRow): TwinView['facts'][number] {
  return {
    kind: fact.kind,
    reference: fact.reference,
    version: fact.version,
    ...(fact.from === null ? {} : { from: iso(fact.from) }),
    ...(fact.to === null ? {} : { to: iso(fact.to) }),
    content: fact.content,
  };
}
