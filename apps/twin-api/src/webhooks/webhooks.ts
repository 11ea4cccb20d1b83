import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type {
  CreatedWebhookSchema,
  CreateWebhookRequest,
  DeliveriesQuery,
  DeliveryListSchema,
  DeliveryReplayAnswerSchema,
  PatchWebhookRequest,
  ReplayRequest,
  RotatedSecretSchema,
  RotateSecretRequest,
  WebhookListSchema,
  WebhookSchema,
  WebhooksQuery,
} from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import type { Access } from '#libs/platform/auth';
import { decodeCursor, encodeCursor, notFound, pageOf, Problem, type ProblemDetail } from '#libs/platform/http';
import {
  MAX_SECRETS,
  rotated,
  type DeliveryStore,
  type Webhook,
  type WebhookFilter,
  type WebhookStore,
} from '#libs/platform/delivery';
import { judgeEndpoint, type EndpointRules } from '#libs/platform/outbound';
import { Uuid } from '../twins/places.js';
import { iso, ms } from '../wire.js';
import { shownDelivery } from './shown-delivery.js';

const Lane = z.string().regex(/^\d{1,18}$/);
type Shown = z.input<typeof WebhookSchema>;

/** Subscriptions of the plain kind. Another tenant's webhook is treated as not found. */
export class Webhooks {
  constructor(
    private readonly store: WebhookStore,
    private readonly deliveryStore: DeliveryStore,
    private readonly rules: EndpointRules,
    private readonly catalogue: Catalogue,
    private readonly now: () => number = Date.now,
  ) {}

  async create(
    access: Access,
    request: z.output<typeof CreateWebhookRequest>,
  ): Promise<z.input<typeof CreatedWebhookSchema>> {
    refuseEndpoint(request.url, this.rules);
    refuseRules(this.catalogue, request.filter);
    const secret = newSecret();
    const webhook = await this.store.create({
      tenant: access.tenant.key,
      id: uuid(),
      url: request.url,
      secret,
      filter: filterOf(request.filter),
      description: request.description ?? null,
      createdBy: access.client,
    });
    return { ...shown(webhook), secret };
  }

  async list(access: Access, query: z.output<typeof WebhooksQuery>): Promise<z.input<typeof WebhookListSchema>> {
    const list = { list: 'webhooks', tenant: access.tenant.key };
    const rows = await this.store.list(access.tenant.key, query.limit + 1, decodeCursor(list, Uuid, query.cursor));
    return pageOf(list, rows, query.limit, shown, (row) => row.id);
  }

  async get(access: Access, id: string): Promise<Shown> {
    return shown(await this.existing(access, id));
  }

  async update(access: Access, id: string, request: z.output<typeof PatchWebhookRequest>): Promise<Shown> {
    if (request.url !== undefined) refuseEndpoint(request.url, this.rules);
    refuseRules(this.catalogue, request.filter);
    const { url, filter, description, status } = request;
    const webhook = await this.store.update(access.tenant.key, id, {
      ...(url === undefined ? {} : { url }),
      ...(filter === undefined ? {} : { filter: filterOf(filter) }),
      ...(description === undefined ? {} : { description }),
      ...(status === undefined ? {} : { status }),
    });
    if (webhook === undefined) throw notFound('the webhook');
    return shown(webhook);
  }

  /** The new secret is shown once; the one replaced signs beside it for a while, so that no message is refused meanwhile. */
  async rotateSecret(
    access: Access,
    id: string,
    { overlapSeconds }: z.output<typeof RotateSecretRequest>,
  ): Promise<z.input<typeof RotatedSecretSchema>> {
    const secret = newSecret();
    const now = this.now();
    const overlapMs = overlapSeconds * 1000;
    const outcome = await this.store.rotate(
      access.tenant.key,
      id,
      (secrets) => rotated(secrets, secret, { now, overlapMs }),
      { id: uuid(), at: now, actor: access.client, detail: { overlapSeconds } },
    );
    if (outcome === undefined) throw notFound('the webhook');
    if (outcome === 'unchanged') {
      throw new Problem(
        409,
        'secrets-many',
        `${MAX_SECRETS} secrets sign already; wait until one ends, or end all earlier ones with overlapSeconds 0`,
      );
    }
    const webhook = await this.existing(access, id);
    return { ...shown(webhook), secret, ...(overlapMs === 0 ? {} : { previousUntil: iso(now + overlapMs) }) };
  }

  async remove(access: Access, id: string): Promise<void> {
    if (!(await this.store.remove(access.tenant.key, id))) throw notFound('the webhook');
  }

  async deliveries(
    access: Access,
    id: string,
    query: z.output<typeof DeliveriesQuery>,
  ): Promise<z.input<typeof DeliveryListSchema>> {
    await this.existing(access, id);
    const list = { list: 'deliveries', tenant: access.tenant.key, of: id };
    const before = decodeCursor(list, Lane, query.cursor);
    const page = await this.deliveryStore.list(access.tenant.key, id, {
      limit: query.limit,
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(before === undefined ? {} : { before }),
    });
    const messages = page.items.map((delivery) => delivery.message);
    const attempts = await this.deliveryStore.attempts(access.tenant.key, id, messages);
    return {
      items: page.items.map((delivery) => shownDelivery(delivery, attempts.get(delivery.message) ?? [])),
      ...(page.next === undefined ? {} : { next: encodeCursor(list, page.next) }),
    };
  }

  /** Without a range or status: everything parked. */
  async replay(access: Access, id: string, request: z.output<typeof ReplayRequest>): Promise<{ queued: number }> {
    await this.existing(access, id);
    const from = ms(request.from);
    const to = ms(request.to);
    const status = request.status ?? (from === undefined && to === undefined ? ('parked' as const) : undefined);
    const range = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(status === undefined ? {} : { status }),
    };
    return { queued: await this.deliveryStore.replay(access.tenant.key, id, range, this.now()) };
  }

  /**
   * Sends one message again under its own id, so that a subscriber that keeps ids sees that it is the same.
   *
   * @throws Problem 404; 409 `webhook-disabled`, because nothing would be sent
   */
  async replayOne(access: Access, id: string, delivery: string): Promise<z.input<typeof DeliveryReplayAnswerSchema>> {
    const { status } = await this.existing(access, id);
    if (status === 'disabled') {
      const detail = 'the webhook is disabled and is sent nothing; set its status to active, then replay';
      throw new Problem(409, 'webhook-disabled', detail);
    }
    if (!(await this.deliveryStore.replayOne(access.tenant.key, id, delivery, this.now()))) {
      throw notFound('the delivery');
    }
    return { message: delivery, status: 'pending' };
  }

  /** Queues a message of type `webhook.test`; what comes of it is in the deliveries. */
  async test(access: Access, id: string): Promise<{ message: string }> {
    await this.existing(access, id);
    const message = uuid();
    const now = this.now();
    const body = JSON.stringify({ type: 'webhook.test', timestamp: iso(now), data: { webhook: id } });
    await this.deliveryStore.enqueue(access.tenant.key, id, message, 'webhook.test', body, now);
    return { message };
  }

  private async existing(access: Access, id: string): Promise<Webhook> {
    const webhook = await this.store.get(access.tenant.key, id);
    if (webhook === undefined) throw notFound('the webhook');
    return webhook;
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function refuseEndpoint(url: string, rules: EndpointRules): void {
  const verdict = judgeEndpoint(url, rules);
  if (verdict.kind === 'ok') return;
  throw new Problem(400, verdict.code, verdict.message, [
    { pointer: '/url', code: verdict.code, detail: verdict.message },
  ]);
}

type AskedFilter = NonNullable<z.output<typeof CreateWebhookRequest>['filter']>;

/** A filter by a rule that never emits anything would never match. */
function refuseRules(catalogue: Catalogue, filter: AskedFilter | undefined): void {
  const errors = [filter?.rules ?? []].flat().flatMap((id, index): ProblemDetail[] => {
    const pointer = typeof filter?.rules === 'string' ? '/filter/rules' : `/filter/rules/${index}`;
    const rule = catalogue.ruleById(id);
    if (rule === undefined)
      return [{ pointer, code: 'rule-unknown', detail: 'there is no such rule; GET /v1/rules lists them' }];
    if (rule.shadowOf !== undefined)
      return [
        { pointer, code: 'rule-in-shadow', detail: `it runs in shadow and emits nothing; live is ${rule.shadowOf}` },
      ];
    return [];
  });
  if (errors.length > 0) throw new Problem(400, 'filter-invalid', 'alerts of these rules will never come', errors);
}

function filterOf(filter: AskedFilter | undefined): WebhookFilter {
  return {
    ...(filter?.severity === undefined ? {} : { severity: [filter.severity].flat() }),
    ...(filter?.rules === undefined ? {} : { rules: [filter.rules].flat() }),
    ...(filter?.patients === undefined ? {} : { patients: [filter.patients].flat() }),
    ...(filter?.category === undefined ? {} : { category: filter.category }),
  };
}

function shown(webhook: Webhook): Shown {
  return {
    id: webhook.id,
    url: webhook.url,
    filter: webhook.filter as Shown['filter'],
    ...(webhook.description === null ? {} : { description: webhook.description }),
    status: webhook.status,
    ...(webhook.statusReason === null ? {} : { statusReason: webhook.statusReason }),
    createdAt: iso(webhook.createdAt),
  };
}
