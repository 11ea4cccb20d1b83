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

/** Many patients as they are now: a few statements for all of them. */
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
   * @param atLeast the version that a view from the hot state must have; absent: that of the twin's row
   */
  async read(
    tenant: number,
    labels: ReadonlyMap<string, LabelledPatient>,
    atLeast?: ReadonlyMap<string, number>,
  ): Promise<readonly WardPatient[]> {
    const ids = [...labels.keys()];
    if (ids.length === 0) return [];
    const [rows, hot] = await Promise.all([wardTwinsOf(this.pool, tenant, ids), this.hot.getMany(tenant, ids)]);
    const twins = new Map(rows.map((row) => [row.patient, row]));
    const readable = rows.filter(({ isQuarantined }) => !isQuarantined);
    const views = new Map<string, WardView>();
    for (const { patient, version } of readable) {
      const held = hot.get(patient);
      if (held !== undefined && held.version >= (atLeast?.get(patient) ?? version))
        views.set(patient, JSON.parse(held.view) as WardView);
    }
    const now = this.now();
    const keys = readable.map(({ key }) => key);
    const [slow] = await Promise.all([
      this.slow.of(tenant, keys, now),
      this.addStored(
        tenant,
        readable.filter(({ patient }) => !views.has(patient)),
        views,
      ),
    ]);
    const unread = rows.filter(({ patient }) => !views.has(patient)).map(({ patient }) => patient);
    const alerts = Map.groupBy(await openEpisodes(this.pool, tenant, unread), ({ patient }) => patient);
    return ids.flatMap((patient) => {
      const twin = twins.get(patient);
      const label = labels.get(patient);
      if (twin === undefined || label === undefined) return [];
      const view = views.get(patient);
      if (view === undefined) return [unreadablePatient(patient, twin.version, label, alerts.get(patient) ?? [])];
      return [wardPatient(patient, view, label, slow.get(twin.key)!, now)];
    });
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
