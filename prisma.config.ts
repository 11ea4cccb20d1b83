import { defineConfig } from 'prisma/config';

// The CLI looks for a schema-engine binary even for `generate`, which needs none; any existing path satisfies it, so that
// generating works on a closed network. Migrations are applied by libs/platform/storage, without Prisma.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
