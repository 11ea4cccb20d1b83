import type { DynamicModule } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { AlertDispatcherModule } from '../../alert-dispatcher/src/alert-dispatcher.module.js';
import { FhirGatewayModule } from '../../fhir-gateway/src/fhir-gateway.module.js';
import { TwinApiModule } from '../../twin-api/src/twin-api.module.js';
import { TwinEngineModule } from '../../twin-engine/src/twin-engine.module.js';
import { WearableGatewayModule } from '../../wearable-gateway/src/wearable-gateway.module.js';

/** Every app in one process, on one platform and one port. Consumers before gateways: what is received finds them running. */
export function allModules(platform: Platform): readonly DynamicModule[] {
  return [
    AlertDispatcherModule.forRoot(platform),
    TwinEngineModule.forRoot(platform),
    TwinApiModule.forRoot(platform),
    FhirGatewayModule.forRoot(platform),
    WearableGatewayModule.forRoot(platform),
  ];
}
