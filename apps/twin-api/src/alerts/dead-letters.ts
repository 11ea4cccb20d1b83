import type { Pool } from 'pg';
import { z } from 'zod';
import type { DeadLetterListSchema, DeadLettersQuery } from '#libs/contracts';
import type { EventLog } from '#libs/platform/messaging';
import { decodeCursor, notFound, pageOf } from '#libs/platform/http';
import { listDeadLetters, takeDeadLetter } from '#libs/platform/storage';
import { Ms, Uuid } from '../twins/places.js';
import { iso } from '../wire.js';

const Place = z.object({ at: Ms, id: Uuid });

/** Records that could not be applied. Their content is not shown: it may be anything. */
export class DeadLetters {
  constructor(
    private readonly pool: Pool,
    private readonly log: Pick<EventLog, 'append'>,
  ) {}

  async list(tenant: number, query: z.output<typeof DeadLettersQuery>): Promise<z.input<typeof DeadLetterListSchema>> {
    const list = { list: 'dead-letters', tenant };
    const rows = await listDeadLetters(this.pool, tenant, query.limit + 1, decodeCursor(list, Place, query.cursor));
    return pageOf(
      list,
      rows,
      query.limit,
      ({ at, replayedAt, ...row }) => ({
        ...row,
        at: iso(at),
        ...(replayedAt === null ? {} : { replayedAt: iso(replayedAt) }),
      }),
      ({ at, id }) => ({ at, id }),
    );
  }

  /** Appends the record again under its key; consumers drop what they applied already. */
  async replay(tenant: number, id: string): Promise<{ status: 'accepted' }> {
    const deadLetter = await takeDeadLetter(this.pool, tenant, id);
    if (deadLetter === undefined) throw notFound('the dead letter');
    await this.log.append([deadLetter]);
    return { status: 'accepted' };
  }
}
