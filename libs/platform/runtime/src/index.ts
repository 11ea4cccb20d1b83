export { createPlatform } from './create-platform.js';
export { type Platform } from './platform.js';
export { serve } from './serve.js';
export { JobRunner } from './job-runner.js';
