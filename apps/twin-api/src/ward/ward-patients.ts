import type { Pool } from 'pg';
import { readTwin, viewOf, type Catalogue } from '#libs/domain/twin';
import {
  openEpisodes,
  twinSnapshots,
  wardTwinsOf,
  type HotState,
  type LabelledPatient,
  type WardTwin,
} from '#libs/platform/storage';
import { SlowPartsOfTwins } from './slow-parts.js';
import { unreadablePatient, wardPatient, type WardPatient, type WardView } from './ward-patient.js';

/** Stored twins that are parsed without a pause: each takes some 100 µs. */
const PARSED_AT_ONCE = 20;

/** What a reader knows of versions before it reads. */
export interface KnownVersions {
  /** The version that a view from the hot state must have. */
  readonly atLeast: ReadonlyMap<string, number>;
  /** Whose view of this version the engine has just shown: their twins can be read, so their rows are not looked at. */
  readonly shown: ReadonlyMap<string, number>;
}

/** Many patients as they are now: a few statements for all of them, none for those whom the engine has just shown. */
export class WardPatients {
  private readonly slow: SlowPartsOfTwins;

  constructor(
    private readonly pool: Pool,
    private readonly catalogue: Catalogue,
    private readonly hot: Pick<HotState, 'getMany'>,
    private readonly now: () => number = Date.now,
  ) {
    this.slow = new SlowPartsOfTwins(pool, catalogue.forecasters);
  }

  /**
   * In the order of the labels; patients without a twin are absent.
   *
   * @param known absent: a view from the hot state must have the version of the twin's row
   */
  async read(
    tenant: number,
    labels: ReadonlyMap<string, LabelledPatient>,
    known?: KnownVersions,
  ): Promise<readonly WardPatient[]> {
    const ids = [...labels.keys()];
    if (ids.length === 0) return [];
    const shown = ids.filter((id) => known?.shown.has(id));
    const [hot, some] = await Promise.all([
      this.hot.getMany(tenant, ids),
      this.rowsOf(
        tenant,
        ids.filter((id) => known?.shown.has(id) !== true),
      ),
    ]);
    const views = new Map<string, WardView>();
    const take = (patient: string, least: number): void => {
      const held = hot.get(patient);
      if (held !== undefined && held.version >= least) views.set(patient, JSON.parse(held.view) as WardView);
    };
    for (const id of shown) take(id, Math.max(known!.shown.get(id)!, known!.atLeast.get(id) ?? 0));
    const rows = [
      ...some,
      ...(await this.rowsOf(
        tenant,
        shown.filter((id) => !views.has(id)),
      )),
    ];
    const readable = rows.filter(({ isQuarantined }) => !isQuarantined);
    for (const { patient, version } of readable) take(patient, known?.atLeast.get(patient) ?? version);
    const now = this.now();
    const stored = readable.filter(({ patient }) => !views.has(patient));
    const [slow] = await Promise.all([
      this.slow.of(tenant, [...views.keys(), ...stored.map(({ patient }) => patient)], now),
      this.addStored(tenant, stored, views),
    ]);
    const twins = new Map(rows.map((row) => [row.patient, row]));
    const unread = rows.filter(({ patient }) => !views.has(patient)).map(({ patient }) => patient);
    const alerts = Map.groupBy(await openEpisodes(this.pool, tenant, unread), ({ patient }) => patient);
    return ids.flatMap((patient) => {
      const [view, twin, label] = [views.get(patient), twins.get(patient), labels.get(patient)!];
      if (view !== undefined) return [wardPatient(patient, view, label, slow.get(patient)!, now)];
      return twin === undefined ? [] : [unreadablePatient(patient, twin.version, label, alerts.get(patient) ?? [])];
    });
  }

  private rowsOf(tenant: number, patients: readonly string[]): Promise<readonly WardTwin[]> {
    return patients.length === 0 ? Promise.resolve([]) : wardTwinsOf(this.pool, tenant, patients);
  }

  /** Those that the hot state does not hold, from their stored states. */
  private async addStored(tenant: number, twins: readonly WardTwin[], views: Map<string, WardView>): Promise<void> {
    for (let start = 0; start < twins.length; start += PARSED_AT_ONCE) {
      const some = twins.slice(start, start + PARSED_AT_ONCE).map(({ patient }) => patient);
      for (const row of await twinSnapshots(this.pool, tenant, some)) {
        const view = this.viewOfStored(tenant, row);
        if (view !== undefined) views.set(row.patient, view);
      }
    }
  }

  private viewOfStored(
    tenant: number,
    { patient, version, snapshot }: Awaited<ReturnType<typeof twinSnapshots>>[number],
  ): WardView | undefined {
    if (snapshot === null) return { version, asOf: null, measures: {}, alerts: [] };
    const stored = readTwin(this.catalogue, snapshot, { tenant, patient, version });
    return stored.kind === 'twin' ? viewOf(this.catalogue, stored.state, this.now()) : undefined;
  }
}
