import { serve } from '#libs/platform/runtime';
import { AlertDispatcherModule } from './alert-dispatcher.module.js';

await serve('alert-dispatcher', (platform) => [AlertDispatcherModule.forRoot(platform)]);
