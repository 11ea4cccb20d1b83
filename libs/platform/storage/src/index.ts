export * from './hot-state.js';
export { migrate } from './migrate.js';
export { readMigrations } from './migration-engine.js';
export { createPrisma, type Prisma } from './prisma.js';
export { createPool, type PoolOptions } from './pool.js';
export * from './fhir-store.js';
export * from './client-store.js';
