import { serve } from '#libs/platform/runtime';
import { allModules } from './all-in-one.module.js';

await serve('all-in-one', allModules);
