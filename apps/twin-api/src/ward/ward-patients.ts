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

/** What a reader knows before it reads. */
interface Known {
  /** The version that a view from the hot state must have; absent: that of the twin's row. */
  readonly atLeast?: ReadonlyMap<string, number>;
  /** Whose view of this version the engine has just shown: their twins can be read, so their rows are not looked at. */
  readonly shown?: ReadonlyMap<string, number>;
  /** Rows that were read a moment ago: they are not read again. */
  readonly rows?: readonly WardTwin[];
}

const NOBODY: ReadonlyMap<string, number> = new Map();

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
   * In the order given; patients without a twin or a label are absent.
   *
   * @param labels read beside the rest
   */
  async read(
    tenant: number,
    patients: readonly string[],
    labels: Promise<ReadonlyMap<string, LabelledPatient>>,
    known: Known = {},
  ): Promise<readonly WardPatient[]> {
    if (patients.length === 0) return [];
    const [labelled, views] = await Promise.all([labels, this.viewsOf(tenant, patients, known)]);
    const { now, views: shown, twins, slow, alerts } = views;
    return patients.flatMap((patient) => {
      const [view, twin, label] = [shown.get(patient), twins.get(patient), labelled.get(patient)];
      if (label === undefined) return [];
      if (view !== undefined) return [wardPatient(patient, view, label, slow.get(patient)!, now)];
      return twin === undefined ? [] : [unreadablePatient(patient, twin.version, label, alerts.get(patient) ?? [])];
    });
  }

  private async viewsOf(tenant: number, patients: readonly string[], { atLeast, shown = NOBODY, rows = [] }: Known) {
    const twins = new Map(rows.map((row) => [row.patient, row]));
    const justShown = patients.filter((patient) => shown.has(patient));
    const due = patients.filter((patient) => !shown.has(patient) && !twins.has(patient));
    const [hot] = await Promise.all([this.hot.getMany(tenant, patients), this.addRows(tenant, due, twins)]);
    const views = new Map<string, WardView>();
    const take = (patient: string, least: number): void => {
      const held = hot.get(patient);
      if (held !== undefined && held.version >= least) views.set(patient, JSON.parse(held.view) as WardView);
    };
    for (const patient of justShown) take(patient, Math.max(shown.get(patient)!, atLeast?.get(patient) ?? 0));
    const unseen = justShown.filter((patient) => !views.has(patient));
    await this.addRows(tenant, unseen, twins);
    const readable = [...twins.values()].filter(({ isQuarantined }) => !isQuarantined);
    for (const { patient, version } of readable) take(patient, atLeast?.get(patient) ?? version);
    const now = this.now();
    const stored = readable.filter(({ patient }) => !views.has(patient));
    const [slow] = await Promise.all([
      this.slow.of(tenant, [...views.keys(), ...stored.map(({ patient }) => patient)], twins, now),
      this.addStored(tenant, stored, views),
    ]);
    const unread = [...twins.keys()].filter((patient) => !views.has(patient));
    const alerts = Map.groupBy(await openEpisodes(this.pool, tenant, unread), ({ patient }) => patient);
    return { now, views, twins, slow, alerts };
  }

  private async addRows(tenant: number, patients: readonly string[], twins: Map<string, WardTwin>): Promise<void> {
    if (patients.length === 0) return;
    for (const row of await wardTwinsOf(this.pool, tenant, patients)) twins.set(row.patient, row);
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
