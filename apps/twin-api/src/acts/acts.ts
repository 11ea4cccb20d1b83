import type { Pool, PoolClient } from 'pg';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type {
  AcknowledgeRequest,
  ActAnswerSchema,
  ActRecord,
  PatchThresholdsRequest,
  PutMonitoringRequest,
  PutThresholdsRequest,
  ResolveRequest,
  SnoozeRequest,
  WireThreshold,
} from '#libs/contracts';
import type { Catalogue } from '#libs/domain/twin';
import { notFound, Problem } from '#libs/platform/http';
import { findTwin, lockLimits, planTenantAct, setTenantThresholds } from '#libs/platform/storage';
import { episodeOf } from '../alerts/episodes.js';
import { limitChanges, refuseChanges } from './change-limits.js';
import { refuseMonitoring } from './monitoring.js';
import { audit, once, personBehind, recordAct, type ActCall } from './record-act.js';
import { refuseUnlessSeen } from './seen-alert.js';
import { refuseThresholds } from './threshold-check.js';

type ActAnswer = z.input<typeof ActAnswerSchema>;
type Does = ActRecord['does'];
/** Who acts, and the request's `Idempotency-Key`. */
type Caller = Omit<ActCall, 'onBehalfOf'>;

/** What a request must keep, judged once: of a repeat under the same key, the times it names may be over by now. */
interface PatientChecks {
  /** Of the request alone. */
  readonly refuse?: () => void;
  /** In the transaction that records it. */
  readonly check?: (client: PoolClient, twin: string) => Promise<void>;
}

const MAX_SNOOZE_MS = 24 * 3_600_000;

/**
 * What people do: written to the audit and to the log in one transaction, so that an accepted act is never lost. The engine applies it
 * in the order of the patient's log, like any other event.
 */
export class Acts {
  /** @param onTenantAct called when an act for all patients of a tenant was planned */
  constructor(
    private readonly pool: Pool,
    private readonly catalogue: Catalogue,
    private readonly onTenantAct: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  acknowledge(caller: Caller, id: string, request: z.output<typeof AcknowledgeRequest>): Promise<ActAnswer> {
    return this.onAlert(caller, id, request, { type: 'acknowledge' });
  }

  snooze(caller: Caller, id: string, request: z.output<typeof SnoozeRequest>): Promise<ActAnswer> {
    return this.onAlert(caller, id, request, { type: 'snooze', until: Date.parse(request.until) });
  }

  resolve(caller: Caller, id: string, request: z.output<typeof ResolveRequest>): Promise<ActAnswer> {
    return this.onAlert(caller, id, request, { type: 'resolve' });
  }

  async setThresholds(
    caller: Caller,
    patient: string,
    request: z.output<typeof PutThresholdsRequest>,
  ): Promise<ActAnswer> {
    const thresholds = wireThresholds(request);
    const call = { ...caller, onBehalfOf: request.onBehalfOf };
    return this.onPatient(
      call,
      patient,
      { type: 'set-thresholds', thresholds },
      {
        refuse: () => refuseThresholds(this.catalogue, thresholds, this.now(), 'patient'),
        check: (client) => lockLimits(client, caller.access.tenant.key, patient),
      },
    );
  }

  /** Sets these limits alone: the others of their rules stay as they are, each with its author, reason and expiry. */
  async changeThresholds(
    caller: Caller,
    patient: string,
    request: z.output<typeof PatchThresholdsRequest>,
  ): Promise<ActAnswer> {
    const call = { ...caller, onBehalfOf: request.onBehalfOf };
    const does: Does = { type: 'set-thresholds', thresholds: limitChanges(request) };
    const tenant = caller.access.tenant.key;
    return this.onPatient(call, patient, does, {
      check: async (client, twin) => {
        await lockLimits(client, tenant, patient);
        await refuseChanges(client, this.catalogue, { tenant, twin, patient }, request.thresholds, this.now());
      },
    });
  }

  /** Emits no alerts of a patient, or of some rules, until it is switched on again or until a time. Measurements are still stored. */
  async setMonitoring(
    caller: Caller,
    patient: string,
    request: z.output<typeof PutMonitoringRequest>,
  ): Promise<ActAnswer> {
    const { state, rules, reason, onBehalfOf } = request;
    const until = request.until === undefined ? undefined : Date.parse(request.until);
    const does = { type: 'set-monitoring', state, reason, ...defined({ rules, until }) } as const;
    return this.onPatient({ ...caller, onBehalfOf }, patient, does, {
      refuse: () => refuseMonitoring(this.catalogue, request, until, this.now()),
    });
  }

  /**
   * Limits for all patients of the tenant: valid and durable at once; the act follows into the log of every patient whose twin exists,
   * a few at a time (tenant-act-job.ts). A twin that is made later begins with them (docs/adr/0009, 0026).
   */
  async setTenantThresholds(caller: Caller, request: z.output<typeof PutThresholdsRequest>): Promise<ActAnswer> {
    const { access } = caller;
    const thresholds = wireThresholds(request);
    const call = { ...caller, onBehalfOf: request.onBehalfOf };
    const act = uuid();
    const tenant = access.tenant.key;
    const receivedAt = this.now();
    const does: Does = { type: 'set-tenant-thresholds', thresholds };
    const onBehalfOf = personBehind(call);
    const record: Omit<ActRecord, 'patient'> = {
      v: 1,
      kind: 'act',
      tenant,
      receivedAt,
      act,
      actor: access.client,
      ...defined({ onBehalfOf }),
      does,
    };
    const answer = await once(this.pool, call, { does, onBehalfOf }, async (client) => {
      refuseThresholds(this.catalogue, thresholds, receivedAt, 'tenant');
      await setTenantThresholds(client, tenant, onBehalfOf ?? access.client, thresholds);
      await audit(client, call, { id: act, target: 'Tenant', does }, receivedAt);
      await planTenantAct(client, { tenant, record: JSON.stringify(record) });
      return { act, status: 'accepted' as const, ...defined({ onBehalfOf }) };
    });
    this.onTenantAct();
    return answer;
  }

  private async onAlert(
    caller: Caller,
    id: string,
    request: z.output<typeof AcknowledgeRequest>,
    act: { readonly type: 'acknowledge' | 'resolve' } | { readonly type: 'snooze'; readonly until: number },
  ): Promise<ActAnswer> {
    const { sequence, onBehalfOf, useful } = request;
    const note = request.reason ?? request.note;
    const call: ActCall = { ...caller, onBehalfOf };
    const does: Does = { ...act, episode: id, ...defined({ sequence, note, useful }) };
    return once(this.pool, call, { does, onBehalfOf }, async (client) => {
      if (act.type === 'snooze') refuseSnooze(act.until, this.now());
      const { tenant } = caller.access;
      const episode = await episodeOf(client, tenant.key, id);
      if (episode.closed && act.type !== 'acknowledge')
        throw new Problem(409, 'alert-closed', 'the episode has ended; it can only be acknowledged');
      await refuseUnlessSeen(client, tenant.key, episode, sequence);
      const place = { target: `Alert/${id}`, patient: episode.patient };
      const recorded = await recordAct(client, call, { ...place, does }, this.now());
      return {
        act: recorded,
        status: 'accepted',
        sequence: episode.sequence,
        ...defined({ onBehalfOf: personBehind(call) }),
      };
    });
  }

  private onPatient(call: ActCall, patient: string, does: Does, { refuse, check }: PatientChecks): Promise<ActAnswer> {
    return once(this.pool, call, { does, patient, onBehalfOf: call.onBehalfOf }, async (client) => {
      refuse?.();
      const twin = await findTwin(client, call.access.tenant.key, patient);
      if (twin === undefined) throw notFound('the patient');
      await check?.(client, twin.key);
      const act = await recordAct(client, call, { target: `Patient/${patient}`, patient, does }, this.now());
      return { act, status: 'accepted', ...defined({ onBehalfOf: personBehind(call) }) };
    });
  }
}

function wireThresholds({ thresholds }: z.output<typeof PutThresholdsRequest>): WireThreshold[] {
  return thresholds.map(({ rule, limits, reason, expiresAt }) => ({
    rule,
    limits,
    reason,
    ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
  }));
}

/** @throws Problem 400 */
function refuseSnooze(until: number, now: number): void {
  if (until > now && until <= now + MAX_SNOOZE_MS) return;
  throw new Problem(400, 'invalid', 'the request does not have the expected shape', [
    { pointer: '/until', code: 'out-of-range', detail: 'must be ahead, by at most 24 hours' },
  ]);
}

/** Without the members that are undefined: they would be written as such nowhere, but the types distinguish them. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
