import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import type { z } from 'zod';
import { PutSettingsRequest } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { Settings } from './settings.js';

/** `/v1/settings`, for administrators of a tenant. */
@Controller('v1/settings')
@RequireScope('clients.write')
export class SettingsRoutes {
  constructor(@Inject(Settings) private readonly settings: Settings) {}

  @Get()
  @RequireScope('clients.read', 'clients.write')
  get(@Caller() caller: Access): Promise<object> {
    return this.settings.get(caller);
  }

  @Put()
  put(
    @Caller() caller: Access,
    @Body({ schema: PutSettingsRequest }) request: z.output<typeof PutSettingsRequest>,
  ): Promise<object> {
    return this.settings.put(caller, request);
  }
}
