import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type {
  AlarmQualityQuery,
  AlarmQualitySchema,
  AlertListSchema,
  AlertsQuery,
  AlertWithTimelineSchema,
  GlucoseMetricsQuery,
  GlucoseMetricsSchema,
  ListQuery,
  MeasurementListSchema,
  MeasurementsQuery,
  MonitoringSchema,
  ParametersQuery,
  ParametersSchema,
  RuleListSchema,
  SuppressionListSchema,
  SuppressionsQuery,
  ThresholdListSchema,
  ThresholdSchema,
  TwinQuery,
} from '#libs/contracts';
import { ruleViews, type Catalogue } from '#libs/domain/twin';
import { allows, type Access } from '#libs/platform/auth';
import { notFound, OF_ALL, pageOfWhole } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { findTwin, tenantThresholds, thresholdsOf, type ThresholdRow } from '#libs/platform/storage';
import { DeliveryStore, WebhookStore } from '#libs/platform/delivery';
import { Acts } from './acts/acts.js';
import { alarmQualityOf } from './alerts/alarm-quality.js';
import { AlertTail } from './streams/alert-tail.js';
import { measurementsCsv } from './csv/measurements-csv.js';
import { DeadLetters } from './alerts/dead-letters.js';
import { alertInbox, endedAlerts } from './alerts/inbox.js';
import { alerts, alertWithTimeline } from './alerts/episodes.js';
import { EventStreams } from './streams/event-stream.js';
import { glucoseMetricsOf } from './twins/glucose-metrics.js';
import { history } from './twins/history.js';
import { parametersOf } from './parameters/parameters.js';
import { suppressions } from './alerts/suppressions.js';
import { newestForecasts } from './forecasts/newest-forecasts.js';
import { pumpTwin, versionSeen } from './streams/twin-stream.js';
import { TwinViews, type TwinView } from './twins/twin-views.js';
import { Ward } from './ward/ward.js';
import { Webhooks } from './webhooks/webhooks.js';
import { iso, ms } from './wire.js';

type Page = z.output<typeof ListQuery>;

export const API = Symbol('Api');

/** Everything the twin API answers, by tenant key. It writes nothing but human acts and subscriptions. */
export class Api {
  readonly acts: Acts;
  readonly webhooks: Webhooks;
  readonly deadLetters: DeadLetters;
  readonly ward: Ward;
  private readonly views: TwinViews;
  private readonly streams: EventStreams;
  private readonly tail: AlertTail;

  /** @param onTenantAct called when an act for all patients of a tenant was planned */
  constructor(
    private readonly platform: Platform,
    private readonly catalogue: Catalogue,
    onTenantAct: () => void,
  ) {
    const { pool, hot, log, closing, config } = platform;
    this.acts = new Acts(pool, catalogue, onTenantAct);
    this.webhooks = new Webhooks(
      new WebhookStore(pool, platform.box),
      new DeliveryStore(pool),
      { allowedHosts: config.webhookAllowedHosts },
      catalogue,
    );
    this.deadLetters = new DeadLetters(pool, log);
    this.views = new TwinViews(pool, catalogue, hot);
    this.streams = new EventStreams(closing, platform.tokens, {
      all: config.limits.streams,
      ofATenant: config.limits.tenantStreams,
    });
    this.tail = new AlertTail(pool, hot, (error) =>
      platform.logger.warn({ err: error }, 'alert streams were interrupted'),
    );
    this.ward = new Ward(platform, catalogue, this.streams, this.tail);
  }

  twin(tenant: number, patient: string, query: z.output<typeof TwinQuery>): Promise<TwinView> {
    const at = ms(query.at);
    const knownAt = ms(query['known-at']);
    if (at === undefined && knownAt === undefined) return this.views.current(tenant, patient);
    return this.views.at(tenant, patient, { at, knownAt });
  }

  measurements(
    tenant: number,
    patient: string,
    query: z.output<typeof MeasurementsQuery>,
  ): Promise<z.input<typeof MeasurementListSchema>> {
    return history(this.platform.pool, tenant, patient, query);
  }

  measurementsCsv(
    tenant: number,
    patient: string,
    query: z.output<typeof MeasurementsQuery>,
  ): Promise<AsyncGenerator<string>> {
    return measurementsCsv(this.platform.pool, tenant, patient, query, Date.now());
  }

  glucoseMetrics(
    tenant: number,
    patient: string,
    query: z.output<typeof GlucoseMetricsQuery>,
  ): Promise<z.input<typeof GlucoseMetricsSchema>> {
    return glucoseMetricsOf(this.platform.pool, tenant, patient, query);
  }

  parameters(
    tenant: number,
    patient: string,
    query: z.output<typeof ParametersQuery>,
  ): Promise<z.input<typeof ParametersSchema>> {
    return parametersOf(this.platform.pool, tenant, patient, query, Date.now());
  }

  async twinStream(access: Access, patient: string, lastId: string | undefined, reply: FastifyReply): Promise<void> {
    const tenant = access.tenant.key;
    await this.views.refuseUnreadable(tenant, patient);
    const seen = await versionSeen(this.views, tenant, patient, lastId);
    const { hot, logger, pool } = this.platform;
    const { forecasters } = this.catalogue;
    const forecasts = allows(access.scopes, 'forecasts.read')
      ? async () => (await newestForecasts(pool, forecasters, tenant, patient, {}, Date.now())).items
      : undefined;
    this.streams.start(
      reply,
      access,
      (stream) => pumpTwin(stream, this.views, hot, tenant, patient, seen, forecasts),
      (error) => logger.warn({ err: error }, 'a twin stream was interrupted'),
    );
  }

  alerts(tenant: number, query: z.output<typeof AlertsQuery>): Promise<z.input<typeof AlertListSchema>> {
    const read = { newest: alerts, inbox: alertInbox, ended: endedAlerts }[query.sort];
    return read(this.platform.pool, tenant, query);
  }

  alert(tenant: number, id: string): Promise<z.input<typeof AlertWithTimelineSchema>> {
    return alertWithTimeline(this.platform.pool, tenant, id);
  }

  async alertStream(access: Access, lastId: string | undefined, reply: FastifyReply): Promise<void> {
    const tenant = access.tenant.key;
    const place = await this.tail.placeOf(tenant, lastId);
    this.streams.start(
      reply,
      access,
      (stream) => this.tail.pump(stream, tenant, place),
      (error) => this.platform.logger.warn({ err: error }, 'an alert stream was interrupted'),
    );
  }

  async thresholds(tenant: number, patient: string, page: Page): Promise<z.input<typeof ThresholdListSchema>> {
    const { pool } = this.platform;
    const twin = await findTwin(pool, tenant, patient);
    if (twin === undefined) throw notFound('the patient');
    const ofPatient = await thresholdsOf(pool, tenant, twin.key);
    const ofTenant = await tenantThresholds(pool, tenant);
    const items = [
      ...ofPatient.map((row) => thresholdView(row, 'patient')),
      ...ofTenant.map((row) => thresholdView(row, 'tenant')),
    ];
    return pageOfWhole({ list: 'thresholds', tenant, of: patient }, items, keyOfThreshold, page);
  }

  async tenantThresholds(tenant: number, page: Page): Promise<z.input<typeof ThresholdListSchema>> {
    const rows = await tenantThresholds(this.platform.pool, tenant);
    const items = rows.map((row) => thresholdView(row, 'tenant'));
    return pageOfWhole({ list: 'thresholds', tenant }, items, keyOfThreshold, page);
  }

  monitoring(tenant: number, patient: string): Promise<z.input<typeof MonitoringSchema>> {
    return this.views.monitoring(tenant, patient);
  }

  suppressions(
    tenant: number,
    query: z.output<typeof SuppressionsQuery>,
  ): Promise<z.input<typeof SuppressionListSchema>> {
    return suppressions(this.platform.pool, tenant, query);
  }

  alarmQuality(tenant: number, query: z.output<typeof AlarmQualityQuery>): Promise<z.input<typeof AlarmQualitySchema>> {
    return alarmQualityOf(this.platform.pool, this.catalogue, tenant, query);
  }

  rules(page: Page): z.input<typeof RuleListSchema> {
    const items = ruleViews(this.catalogue) as z.input<typeof RuleListSchema>['items'];
    return pageOfWhole({ list: 'rules', tenant: OF_ALL }, items, ({ id }) => id, page);
  }
}

function keyOfThreshold({ layer, rule }: z.input<typeof ThresholdListSchema>['items'][number]): string {
  return `${layer}/${rule}`;
}

function thresholdView(
  row: ThresholdRow,
  layer: 'tenant' | 'patient',
): z.input<typeof ThresholdListSchema>['items'][number] {
  return {
    layer,
    rule: row.rule,
    limits: row.limits,
    author: row.author,
    reason: row.reason,
    setAt: iso(row.recordedAt),
    ...(row.expiresAt === null ? {} : { expiresAt: iso(row.expiresAt) }),
    version: row.version,
    ...(row.kept === null || row.kept === undefined ? {} : { kept: keptView(row.kept) }),
  };
}

function keptView(kept: NonNullable<ThresholdRow['kept']>): NonNullable<z.input<typeof ThresholdSchema>['kept']> {
  return Object.fromEntries(
    Object.entries(kept).map(([name, { expiresAt, ...owner }]) => [
      name,
      { ...owner, ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }) },
    ]),
  );
}
