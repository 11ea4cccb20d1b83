import { Module, type DynamicModule } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { MqttIngress } from './mqtt/mqtt-ingress.js';
import { Pipeline } from './pipeline.js';
import { RejectionStore } from './rejections/rejection-store.js';
import { RejectionsRoutes } from './rejections/rejections-routes.js';
import { SamplesRoutes } from './samples-routes.js';
import { SourceOwners } from './senders/source-owners.js';
import { Subjects } from './senders/subjects.js';
import { warmUp } from './warm-up.js';

/** The wearable gateway: HTTP, and MQTT by an own broker or as a client of another one. */
@Module({})
export class WearableGatewayModule {
  static forRoot(platform: Platform): DynamicModule {
    const { pool, log, metrics, logger } = platform;
    const unlisted = metrics.counter(
      'homeostat_rejections_unlisted_total',
      'Refused samples that GET /v1/rejections does not show',
    );
    const rejections = new RejectionStore(pool, (count) => {
      unlisted.inc(count);
      logger.warn({ count }, 'refused samples could not be listed');
    });
    const subjects = new Subjects(pool, Date.now);
    const owners = { subjects, sources: new SourceOwners(pool, Date.now) };
    const pipeline = new Pipeline({ owners, log, rejections, metrics, now: Date.now });
    platform.rehearse((url) => warmUp({ subjects, pool, tokens: platform.tokens, now: Date.now, url }));
    return {
      module: WearableGatewayModule,
      controllers: [SamplesRoutes, RejectionsRoutes],
      providers: [
        { provide: Pipeline, useValue: pipeline },
        { provide: RejectionStore, useValue: rejections },
        { provide: MqttIngress, useFactory: () => new MqttIngress(platform, pipeline) },
      ],
    };
  }
}
