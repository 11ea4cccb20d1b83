import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { RejectionsQuery, type RejectionsPage } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { decodeCursor, encodeCursor } from '#libs/platform/http';
import { RejectionStore } from './rejection-store.js';

/** The id of the last item shown; at most 18 digits, so that it fits the column. */
const Id = z.string().regex(/^\d{1,18}$/);

/** `GET /v1/rejections`: what the gateways refused, or stored and could not measure, newest first. */
@Controller('v1/rejections')
export class RejectionsRoutes {
  constructor(private readonly rejections: RejectionStore) {}

  @Get()
  @RequireScope('rejections.read')
  async list(
    @Caller() access: Access,
    @Query({ schema: RejectionsQuery }) query: z.output<typeof RejectionsQuery>,
  ): Promise<RejectionsPage> {
    const { limit, cursor, patient, from, door, resource, code } = query;
    const of = { list: 'rejections', tenant: access.tenant.key };
    const rows = await this.rejections.list(access.tenant.key, {
      limit: limit + 1,
      before: decodeCursor(of, Id, cursor),
      door,
      patient: patient?.replace('Patient/', ''),
      resource,
      code,
      from: from === undefined ? undefined : Date.parse(from),
    });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      ...(rows.length > limit && last !== undefined ? { next: encodeCursor(of, last.id) } : {}),
    };
  }
}
