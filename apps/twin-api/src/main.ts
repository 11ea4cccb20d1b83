import { serve } from '#libs/platform/runtime';
import { TwinApiModule } from './twin-api.module.js';

await serve('twin-api', (platform) => [TwinApiModule.forRoot(platform)]);
