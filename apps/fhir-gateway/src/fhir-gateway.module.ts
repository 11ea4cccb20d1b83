import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { FORECASTERS } from '#libs/domain/models';
import type { ValidationMode } from '#libs/fhir-rest';
import { JobRunner, type Platform } from '#libs/platform/runtime';
import {
  BundleJobs,
  FhirStore,
  ForecastStore,
  MeasuredStore,
  RecentSettings,
  TenantSettingsStore,
  type ClaimedJob,
  type ForecastSource,
} from '#libs/platform/storage';
import { AlertResources } from './alert-resources/alert-resources.js';
import { AsyncRoutes } from './http/async.routes.js';
import { HistoryRoutes } from './http/history.routes.js';
import { LogRepository } from './log-repository.js';
import { Meter } from './meter.js';
import { Pipeline } from './pipeline.js';
import { addProtocolHooks } from './http/protocol-hooks.js';
import { OperationRoutes } from './http/operation.routes.js';
import { ValidateRoutes } from './http/validate.routes.js';
import { ResourceRoutes } from './http/resource.routes.js';
import { SearchRoutes } from './http/search.routes.js';
import { SearchIndex } from './search/search-index.js';
import { SystemRoutes } from './http/system.routes.js';

/** The EHR gateway: `/fhir/r4`. */
@Module({})
export class FhirGatewayModule implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    addProtocolHooks(this.host.httpAdapter.getInstance<FastifyInstance>());
  }

  static forRoot(platform: Platform): DynamicModule {
    const jobs = new BundleJobs(platform.pool);
    const pipeline = new Pipeline({
      repository: new LogRepository(new FhirStore(platform.pool, SHOWN), [
        new MeasuredStore(platform.pool),
        new ForecastStore(platform.pool, SHOWN),
      ]),
      meter: new Meter(platform.metrics),
      validationMode: validationModes(platform),
      now: Date.now,
      newId: uuidv7,
      publicUrl: platform.config.http.publicUrl,
      maxEntries: platform.config.fhir.maxEntries,
      jobs,
      onJobAdded: () => runner.look(),
    });
    const runner = new JobRunner<ClaimedJob>({
      jobs,
      run: (job) => pipeline.asyncBundles.run(job),
      onProblem: (error) => platform.logger.error({ err: error }, 'a job for a bundle failed'),
    });
    return {
      module: FhirGatewayModule,
      controllers: [
        SystemRoutes,
        AsyncRoutes,
        HistoryRoutes,
        ValidateRoutes,
        SearchRoutes,
        OperationRoutes,
        ResourceRoutes,
      ],
      providers: [
        { provide: SearchIndex, useFactory: () => new SearchIndex(platform) },
        { provide: AlertResources, useFactory: () => new AlertResources(platform) },
        { provide: Pipeline, useValue: pipeline },
        { provide: JobRunner, useValue: runner },
      ],
    };
  }
}

/** Models in shadow and baselines are not shown. */
const SHOWN: readonly ForecastSource[] = FORECASTERS.filter(({ card }) => card.status === 'active').flatMap(
  ({ card, outputs }) => outputs.map(({ code, outcome }) => ({ model: card.id, code, title: card.title, outcome })),
);

/** The mode that a tenant has set, else that of the process. */
function validationModes({ pool, config }: Platform): (tenant: number) => Promise<ValidationMode> {
  const settings = new RecentSettings(new TenantSettingsStore(pool), Date.now);
  return async (tenant) => (await settings.of(tenant)).validationMode ?? config.validationMode;
}
