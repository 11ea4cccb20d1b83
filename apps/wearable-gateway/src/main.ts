import { serve } from '#libs/platform/runtime';
import { WearableGatewayModule } from './wearable-gateway.module.js';

await serve('wearable-gateway', (platform) => [WearableGatewayModule.forRoot(platform)]);
