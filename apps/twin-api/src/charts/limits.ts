import type { Pool } from 'pg';
import type { z } from 'zod';
import type { LimitsQuery, LimitsSchema } from '#libs/contracts';
import { CATALOGUE } from '#libs/domain/quantities';
import { aboutPerson, limitsInForce, type Catalogue } from '#libs/domain/twin';
import { notFound } from '#libs/platform/http';
import { findTwin, limitsKnownAt } from '#libs/platform/storage';
import { iso, ms } from '../wire.js';
import { targetOf } from './measures.js';

/** The limits that a value measured at `known-at` (else now) would be evaluated with. @throws Problem 404 without the patient */
export async function limitsOf(
  pool: Pool,
  catalogue: Catalogue,
  tenant: number,
  patient: string,
  query: z.output<typeof LimitsQuery>,
  now: number,
): Promise<z.input<typeof LimitsSchema>> {
  const twin = await findTwin(pool, tenant, patient);
  if (twin === undefined) throw notFound('the patient');
  const knownAt = ms(query['known-at']) ?? now;
  const known = await limitsKnownAt(pool, tenant, twin.key, knownAt);
  const { limits, refused } = limitsInForce(catalogue, known, knownAt);
  const isPregnant = aboutPerson(Object.values(known.facts), knownAt).isPregnant === true;
  return {
    patient,
    knownAt: iso(knownAt),
    items: limits.map(({ expiresAt, ...limit }) => ({
      ...limit,
      version: known.versions.get(limit.rule) ?? 0,
      ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
    })),
    refused: [...refused],
    targets: CATALOGUE.flatMap(({ name, unit }) => {
      const target = targetOf(name, isPregnant);
      return target === null ? [] : [{ code: name, ...target, unit, pregnancy: isPregnant }];
    }),
  };
}
