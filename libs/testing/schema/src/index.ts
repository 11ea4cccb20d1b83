export { diffFromSchema } from './schema-diff.js';
