import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PatientListSchema, PatientsQuery, WardQuery, WardSchema } from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import type { Access } from '#libs/platform/auth';
import { decodeCursor, pageOf } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { findPatients, isReached, patientLabels, wardTwins, wardTwinsOf } from '#libs/platform/storage';
import type { AlertTail } from '../streams/alert-tail.js';
import type { EventStreams } from '../streams/event-stream.js';
import { iso } from '../wire.js';
import { asSeen, sightOf } from './ward-patient.js';
import { WardFollowers } from './ward-followers.js';
import { WardPatients } from './ward-patients.js';
import { positionOf, wardCursorUnknown, type WardPosition } from './ward-position.js';
import { WardStream } from './ward-stream.js';

const PatientPlace = z.string().max(64);
type Platforms = Pick<Platform, 'pool' | 'hot' | 'logger'>;

/** All patients of a tenant at once: as they are now, as they change, and by name. */
export class Ward {
  private readonly patients: WardPatients;
  private readonly followers: WardFollowers;

  constructor(
    private readonly platform: Platforms,
    catalogue: Catalogue,
    private readonly streams: EventStreams,
    private readonly tail: AlertTail,
  ) {
    const { pool, hot, logger } = platform;
    this.patients = new WardPatients(pool, catalogue, hot);
    this.followers = new WardFollowers({ pool, hot, patients: this.patients }, (error) =>
      logger.warn({ err: error }, 'streams of a ward were interrupted'),
    );
  }

  async page({ tenant, scopes }: Access, query: z.output<typeof WardQuery>): Promise<z.input<typeof WardSchema>> {
    const list = { list: 'ward', tenant: tenant.key };
    const after = decodeCursor(list, PatientPlace, query.cursor);
    const { pool } = this.platform;
    const now = Date.now();
    const rows = await wardTwins(pool, tenant.key, query.limit + 1, after);
    const { next } = pageOf(
      list,
      rows,
      query.limit,
      ({ patient }) => patient,
      ({ patient }) => patient,
    );
    const shown = rows.slice(0, query.limit);
    const ids = shown.map(({ patient }) => patient);
    // In the order of the page; who was removed in this moment has no label and is left out.
    const items = await this.patients.read(tenant.key, ids, patientLabels(pool, tenant.key, ids), { rows: shown });
    const sight = sightOf(scopes);
    return { asOf: iso(now), items: items.map((one) => asSeen(one, sight)), ...(next === undefined ? {} : { next }) };
  }

  async find(tenant: number, query: z.output<typeof PatientsQuery>): Promise<z.input<typeof PatientListSchema>> {
    const { search } = query;
    const list = { list: 'patients', tenant, ...(search === undefined ? {} : { of: search }) };
    const after = decodeCursor(list, PatientPlace, query.cursor);
    const { pool } = this.platform;
    const found = await findPatients(pool, tenant, search, query.limit + 1, after);
    const { items: shown, next } = pageOf(
      list,
      found,
      query.limit,
      (patient) => patient,
      (patient) => patient,
    );
    const [labels, rows] = await Promise.all([patientLabels(pool, tenant, shown), wardTwinsOf(pool, tenant, shown)]);
    const twins = new Map(rows.map((row) => [row.patient, row]));
    const items = shown.flatMap((patient) => {
      const [twin, label] = [twins.get(patient), labels.get(patient)];
      if (twin === undefined || label === undefined) return [];
      const { version } = twin;
      const asOf = twin.asOf === null ? null : iso(twin.asOf);
      return [
        { patient, type: 'system' as const, version, asOf, firstRecordedAt: iso(twin.firstRecordedAt), ...label },
      ];
    });
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /** @throws {Problem} 410 `cursor-unknown` */
  async stream(access: Access, lastId: string | undefined, reply: FastifyReply): Promise<void> {
    const tenant = access.tenant.key;
    const from = lastId === undefined ? undefined : await this.positionOf(tenant, lastId);
    const follower = await this.followers.hold(tenant);
    try {
      this.streams.start(
        reply,
        access,
        (stream) =>
          new WardStream(stream, follower, access, from).pump(this.tail).finally(() => this.followers.release(tenant)),
        (error) => this.platform.logger.warn({ err: error }, 'a stream of a ward was interrupted'),
      );
    } catch (refusal) {
      this.followers.release(tenant);
      throw refusal;
    }
  }

  private async positionOf(tenant: number, lastId: string): Promise<WardPosition> {
    const position = positionOf(tenant, lastId, Date.now());
    if (position.alerts !== undefined && !(await isReached(this.platform.pool, position.alerts)))
      throw wardCursorUnknown();
    return position;
  }
}
