import type { Pool } from 'pg';
import type { z } from 'zod';
import type {
  LimitsQuery,
  LimitsSchema,
  ListQuery,
  MeasureListSchema,
  SeriesQuery,
  SeriesSchema,
  TimelineQuery,
  TimelineSchema,
  WavesQuery,
  WavesSchema,
} from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import { OF_ALL, pageOfWhole } from '#libs/platform/http';
import { limitsOf } from './limits.js';
import { measureViews } from './measures.js';
import { seriesOf } from './series.js';
import { timelineOf } from './timeline.js';
import { wavesOf } from './waves.js';

export const CHARTS = Symbol('Charts');

/** What is drawn of a patient, by tenant key: now, or as it was known at a time. */
export class Charts {
  constructor(
    private readonly pool: Pool,
    private readonly catalogue: Catalogue,
  ) {}

  measures(page: z.output<typeof ListQuery>): z.input<typeof MeasureListSchema> {
    return pageOfWhole({ list: 'measures', tenant: OF_ALL }, measureViews(), ({ code }) => code, page);
  }

  series(tenant: number, patient: string, query: z.output<typeof SeriesQuery>): Promise<z.input<typeof SeriesSchema>> {
    return seriesOf(this.pool, tenant, patient, query, Date.now());
  }

  waves(tenant: number, patient: string, query: z.output<typeof WavesQuery>): Promise<z.input<typeof WavesSchema>> {
    return wavesOf(this.pool, tenant, patient, query, Date.now());
  }

  timeline(
    tenant: number,
    patient: string,
    query: z.output<typeof TimelineQuery>,
  ): Promise<z.input<typeof TimelineSchema>> {
    return timelineOf(this.pool, this.catalogue, tenant, patient, query, Date.now());
  }

  limits(tenant: number, patient: string, query: z.output<typeof LimitsQuery>): Promise<z.input<typeof LimitsSchema>> {
    return limitsOf(this.pool, this.catalogue, tenant, patient, query, Date.now());
  }
}
