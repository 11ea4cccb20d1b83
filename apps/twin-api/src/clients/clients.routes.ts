import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { ClientsQuery, CreateClientRequest, PatchClientRequest } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { CLIENTS, type Clients } from './clients.js';

/** `/v1/clients`, for administrators of a tenant. */
@Controller('v1/clients')
@RequireScope('clients.write')
export class ClientRoutes {
  constructor(@Inject(CLIENTS) private readonly clients: Clients) {}

  @Post()
  create(
    @Caller() caller: Access,
    @Body({ schema: CreateClientRequest }) request: z.output<typeof CreateClientRequest>,
  ): Promise<object> {
    return this.clients.create(caller, request);
  }

  @Get()
  @RequireScope('clients.read', 'clients.write')
  list(
    @Caller() caller: Access,
    @Query({ schema: ClientsQuery }) query: z.output<typeof ClientsQuery>,
  ): Promise<object> {
    return this.clients.list(caller, query);
  }

  @Get(':id')
  @RequireScope('clients.read', 'clients.write')
  get(@Caller() caller: Access, @Param('id') id: string): Promise<object> {
    return this.clients.get(caller, id);
  }

  @Patch(':id')
  update(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Body({ schema: PatchClientRequest }) request: z.output<typeof PatchClientRequest>,
  ): Promise<object> {
    return this.clients.update(caller, id, request);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Caller() caller: Access, @Param('id') id: string): Promise<void> {
    return this.clients.remove(caller, id);
  }
}
