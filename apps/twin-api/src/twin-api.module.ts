import { Module, type DynamicModule } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { AlertRoutes } from './alerts.routes.js';
import { API, Api } from './api.js';
import { DeadLetterRoutes } from './dead-letters.routes.js';
import { LimitRoutes } from './limits.routes.js';
import { TwinRoutes } from './twins.routes.js';
import { WebhookRoutes } from './webhooks.routes.js';

@Module({})
export class TwinApiModule {
  static forRoot(platform: Platform): DynamicModule {
    return {
      module: TwinApiModule,
      controllers: [TwinRoutes, AlertRoutes, LimitRoutes, WebhookRoutes, DeadLetterRoutes],
      providers: [{ provide: API, useFactory: () => new Api(platform) }],
    };
  }
}
