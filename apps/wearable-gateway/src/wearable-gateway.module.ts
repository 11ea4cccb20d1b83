import { Module, type DynamicModule } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { MqttDoor } from './mqtt-door.js';
import { Pipeline } from './pipeline.js';
import { RejectionStore } from './rejection-store.js';
import { RejectionsRoutes } from './rejections-routes.js';
import { SamplesRoutes } from './samples-routes.js';
import { Subjects } from './subjects.js';

/** The wearable door: HTTP, and MQTT by an own broker or as a client of another one. */
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
    const pipeline = new Pipeline({ subjects: new Subjects(pool, Date.now), log, rejections, metrics, now: Date.now });
    return {
      module: WearableGatewayModule,
      controllers: [SamplesRoutes, RejectionsRoutes],
      providers: [
        { provide: Pipeline, useValue: pipeline },
        { provide: RejectionStore, useValue: rejections },
        { provide: MqttDoor, useFactory: () => new MqttDoor(platform, pipeline) },
      ],
    };
  }
}
