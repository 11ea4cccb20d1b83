export { loadKeys } from './load-keys.js';
export { NO_KEYS, SecretBox, SecretKeyError } from './secret-box.js';
export { jsonOf, placeOfSigningKey, placeOfWebhook, reencryptSecrets } from './stored-secrets.js';
