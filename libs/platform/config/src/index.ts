export { loadConfig, readConfig, type AppConfig, type Role } from './config.js';
export { redacted } from './redacted.js';
export { StartupError } from './startup-error.js';
export { type KafkaSecurity } from './connections.js';
export { parseEncryptionKeys, type EncryptionKeys } from './encryption-keys.js';
export { type EhrLaunch, type OutsideSignIn } from './people.js';
export { type Retention } from './retention.js';
