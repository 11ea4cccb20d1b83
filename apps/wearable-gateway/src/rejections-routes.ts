import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import type { RejectionsPage } from '#libs/contracts';
import { type Access, Caller, decodeCursor, encodeCursor, Problem, RequireScope } from '#libs/platform/runtime';
import { RejectionStore } from './rejection-store.js';

/** The id of the last item shown; at most 18 digits, so that it fits the column. */
const Id = z.string().regex(/^\d{1,18}$/);
const DEFAULT_LIMIT = 100;
const MOST = 1_000;

/** `GET /v1/rejections`: what the doors refused, newest first. */
@Controller('v1/rejections')
export class RejectionsRoutes {
  constructor(private readonly rejections: RejectionStore) {}

  @Get()
  @RequireScope('rejections.read')
  async list(
    @Caller() access: Access,
    @Query('limit') limit: unknown,
    @Query('cursor') cursor: unknown,
  ): Promise<RejectionsPage> {
    const size = readLimit(limit);
    const of = { list: 'rejections', tenant: access.tenant.key };
    const before = decodeCursor(of, Id, typeof cursor === 'object' ? '' : (cursor as string | undefined));
    const rows = await this.rejections.list(access.tenant.key, {
      limit: size + 1,
      ...(before === undefined ? {} : { before }),
    });
    const items = rows.slice(0, size);
    const last = items.at(-1);
    return {
      items: [...items],
      ...(rows.length > size && last !== undefined ? { next: encodeCursor(of, last.id) } : {}),
    };
  }
}

function readLimit(text: unknown): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST)
    throw new Problem(400, 'limit-invalid', `limit must be a whole number from 1 to ${MOST}`);
  return limit;
}
