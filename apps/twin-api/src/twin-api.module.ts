import { Module, type DynamicModule } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { ClientAdministration, TenantSettingsStore } from '#libs/platform/storage';
import { AlertRoutes } from './alerts/alerts.routes.js';
import { API, Api } from './api.js';
import { DeadLetterRoutes } from './alerts/dead-letters.routes.js';
import { CATALOGUE } from './catalogue.js';
import { consoleProviders } from './console/console.js';
import { LoginRoutes } from './console/login.routes.js';
import { SignInRoutes } from './console/sign-in.routes.js';
import { ChartRoutes } from './charts/charts.routes.js';
import { Charts, CHARTS } from './charts/charts.js';
import { ClientRoutes } from './clients/clients.routes.js';
import { Clients, CLIENTS } from './clients/clients.js';
import { ForecastRoutes } from './forecasts/forecasts.routes.js';
import { Forecasts, FORECASTS } from './forecasts/forecasts.js';
import { LimitRoutes } from './acts/limits.routes.js';
import { ModelRoutes } from './models/models.routes.js';
import { FlowHistory } from './operations/flow-history.js';
import { OperationRoutes } from './operations/operations.routes.js';
import { Operations, OPERATIONS } from './operations/operations.js';
import { ParameterRoutes } from './parameters/parameters.routes.js';
import { ProposalRoutes } from './proposals/proposals.routes.js';
import { ScenarioRoutes } from './scenarios/scenarios.routes.js';
import { whatIf } from './what-if.js';
import { TenantActJob } from './acts/tenant-act-job.js';
import { Settings } from './settings/settings.js';
import { SettingsRoutes } from './settings/settings.routes.js';
import { TwinRoutes } from './twins/twins.routes.js';
import { WardRoutes } from './ward/ward.routes.js';
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
      controllers: [
        TwinRoutes,
        ChartRoutes,
        WardRoutes,
        ModelRoutes,
        ForecastRoutes,
        ParameterRoutes,
        ScenarioRoutes,
        ProposalRoutes,
        AlertRoutes,
        LimitRoutes,
        WebhookRoutes,
        DeadLetterRoutes,
        OperationRoutes,
        ClientRoutes,
        SettingsRoutes,
        SignInRoutes,
        LoginRoutes,
      ],
      providers: [
        { provide: API, useFactory: () => new Api(platform, CATALOGUE, () => tenantActs.wake()) },
        { provide: CHARTS, useFactory: () => new Charts(platform.pool, CATALOGUE) },
        { provide: FORECASTS, useFactory: () => new Forecasts(platform.pool, CATALOGUE.forecasters) },
        { provide: OPERATIONS, useFactory: () => operationsOf(platform) },
        { provide: CLIENTS, useFactory: () => clientsOf(platform) },
        { provide: Settings, useFactory: () => settingsOf(platform) },
        { provide: TenantActJob, useFactory: () => tenantActs },
        ...whatIf(platform),
        ...consoleProviders(platform),
      ],
    };
  }
}

function operationsOf(platform: Platform): Operations {
  const { pool, log, metrics, config, logger } = platform;
  const onProblem = (error: unknown) => logger.warn({ err: error }, 'positions of the log were not read');
  const history = new FlowHistory({ pool, log, metrics, now: Date.now, onProblem });
  history.start();
  platform.onClose(async () => history.stop());
  return new Operations(pool, history, config.role === 'all-in-one');
}

function clientsOf({ pool, config, tokens }: Platform): Clients {
  return new Clients({
    store: new ClientAdministration(pool),
    allowedHosts: config.jwksAllowedHosts,
    onChange: (client) => tokens.forget(client),
    now: Date.now,
  });
}

function settingsOf({ pool, config }: Platform): Settings {
  const defaults = { validationMode: config.validationMode };
  return new Settings({ store: new TenantSettingsStore(pool), defaults, now: Date.now });
}
