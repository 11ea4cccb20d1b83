import { serve } from '#libs/platform/runtime';
import { TwinEngineModule } from './twin-engine.module.js';

await serve('twin-engine', (platform) => [TwinEngineModule.forRoot(platform)]);
