export { loadConfig, readConfig, redacted, type AppConfig, type Role } from './config.js';
export { StartupError } from './startup-error.js';
export { type KafkaSecurity } from './connections.js';
export { parseEncryptionKeys, type EncryptionKeys } from './encryption-keys.js';
export { type Retention } from './retention.js';
