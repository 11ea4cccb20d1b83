import type { Pool } from 'pg';
import type { z } from 'zod';
import type { ActAnswerSchema, PutTherapyRequest, TherapySchema } from '#libs/contracts';
import { therapyOf as settingsOf, type TherapySettings } from '#libs/domain/proposals';
import { notFound } from '#libs/platform/http';
import { findTwin, therapyOf, writeTherapy, type TherapyRow } from '#libs/platform/storage';
import { once, personBehind, recordAct, type ActCall } from '../acts/record-act.js';
import { invalid } from '../simulation/refusals.js';

/** Therapy settings of persons: acts, in the audit and the log, and valid at once. */
export class Therapies {
  constructor(
    private readonly pool: Pool,
    private readonly now: () => number,
  ) {}

  /** @throws Problem 400, 404, 422 `idempotency-key-reused` */
  set(
    call: ActCall,
    patient: string,
    request: z.output<typeof PutTherapyRequest>,
  ): Promise<z.input<typeof ActAnswerSchema>> {
    const settings = settingsOf(request);
    if (!('carbRatio' in settings)) throw invalid(settings);
    const at = this.now();
    const expiresAt = request.expiresAt === undefined ? null : Date.parse(request.expiresAt);
    if (expiresAt !== null && expiresAt <= at)
      throw invalid([{ pointer: '/expiresAt', code: 'out-of-range', detail: 'must be ahead' }]);
    const { reason } = request;
    const onBehalfOf = personBehind(call);
    const author = request.author ?? onBehalfOf ?? call.access.client;
    const { key: tenant } = call.access.tenant;
    return once(this.pool, call, { patient, request }, async (client) => {
      const twin = await findTwin(client, tenant, patient);
      if (twin === undefined) throw notFound('the patient');
      await writeTherapy(client, tenant, twin.key, { settings: { ...settings }, author, reason, expiresAt }, at);
      const does = {
        type: 'set-therapy',
        therapy: { ...settings, author, reason, ...(expiresAt === null ? {} : { expiresAt }) },
      } as const;
      const act = await recordAct(client, call, { target: `Patient/${patient}`, patient, does }, at);
      return { act, status: 'accepted' as const, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
    });
  }

  /** @throws Problem 404 */
  async get(tenant: number, patient: string): Promise<z.input<typeof TherapySchema>> {
    const twin = await findTwin(this.pool, tenant, patient);
    if (twin === undefined) throw notFound('the patient');
    const row = await therapyOf(this.pool, tenant, twin.key);
    if (row === undefined) throw notFound('therapy settings of the patient');
    const { expiresAt } = row;
    return {
      patient,
      ...(row.settings as unknown as TherapySettings),
      units: {
        carbRatio: 'g/[IU]',
        correctionFactor: 'mg/dL/[IU]',
        target: 'mg/dL',
        maximumBolus: '[IU]',
        maximumInsulinOnBoard: '[IU]',
        dailyMaximum: '[IU]',
      },
      author: row.author,
      reason: row.reason,
      setAt: iso(row.recordedAt),
      ...(expiresAt === null ? {} : { expiresAt: iso(expiresAt) }),
      expired: isExpired(row, this.now()),
      version: row.version,
    };
  }

  /** Settings that hold now; undefined: there are none, or they have expired. */
  async valid(tenant: number, twin: string): Promise<TherapySettings | undefined> {
    const row = await therapyOf(this.pool, tenant, twin);
    if (row === undefined || isExpired(row, this.now())) return undefined;
    return row.settings as unknown as TherapySettings;
  }
}

function isExpired({ expiresAt }: TherapyRow, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
