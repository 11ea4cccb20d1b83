import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/client.js';

export type Prisma = PrismaClient;

/**
 * The Prisma client, for reads and writes of low volume; hot paths use the pool with `unnest`. Give it the pool of the app (it
 * shares the connections and does not close them) or a URL (`$disconnect` closes its own).
 */
export function createPrisma(database: Pool | string): Prisma {
  return new PrismaClient({ adapter: new PrismaPg(database), errorFormat: 'minimal' });
}
