import { Module, type DynamicModule } from '@nestjs/common';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import type { Platform } from '#libs/platform/runtime';
import { AlertRoutes } from './alerts/alerts.routes.js';
import { API, Api } from './api.js';
import { DeadLetterRoutes } from './alerts/dead-letters.routes.js';
import { LimitRoutes } from './acts/limits.routes.js';
import { TenantActJob } from './acts/tenant-act-job.js';
import { TwinRoutes } from './twins/twins.routes.js';
import { WebhookRoutes } from './webhooks/webhooks.routes.js';

@Module({})
export class TwinApiModule {
  static forRoot(platform: Platform): DynamicModule {
    const tenantActs = new TenantActJob({
      pool: platform.pool,
      onProblem: (error) =>
        platform.logger.warn({ err: error }, 'an act for all patients is incomplete; will be resumed'),
    });
    return {
      module: TwinApiModule,
      controllers: [TwinRoutes, AlertRoutes, LimitRoutes, WebhookRoutes, DeadLetterRoutes],
      providers: [
        { provide: API, useFactory: () => new Api(platform, DEFAULT_CATALOGUE, () => tenantActs.wake()) },
        { provide: TenantActJob, useFactory: () => tenantActs },
      ],
    };
  }
}
