import type { Pool } from 'pg';
import { inTransaction } from '../postgres/in-transaction.js';

/** `strict`: a FHIR resource that breaks a rule is refused. `lenient`: it is stored with a warning, if its structure is sound. */
export const VALIDATION_MODES = ['strict', 'lenient'] as const;
export type ValidationMode = (typeof VALIDATION_MODES)[number];

/** What administrators set for their tenant; absent: as the process is configured. */
export interface TenantSettings {
  readonly validationMode?: ValidationMode;
}

/** Who changes settings, and when: goes to the audit. */
export interface SettingsAct {
  /** UUID of the audit entry. */
  readonly id: string;
  /** ms since 1970 */
  readonly at: number;
  readonly actor: string;
}

interface Row {
  readonly validation_mode: string | null;
}

/** Settings of tenants: one row each. */
export class TenantSettingsStore {
  constructor(private readonly pool: Pool) {}

  async read(tenant: number): Promise<TenantSettings> {
    const { rows } = await this.pool.query<Row>({
      name: 'tenant-settings',
      text: 'SELECT validation_mode FROM tenant_settings WHERE tenant = $1',
      values: [tenant],
    });
    return toSettings(rows[0]);
  }

  /** Replaces all settings. */
  write(tenant: number, settings: TenantSettings, { id, at, actor }: SettingsAct): Promise<void> {
    return inTransaction(this.pool, async (connection) => {
      const { rows } = await connection.query<Row>(
        'SELECT validation_mode FROM tenant_settings WHERE tenant = $1 FOR UPDATE',
        [tenant],
      );
      await connection.query(
        `INSERT INTO tenant_settings (tenant, validation_mode, author, changed_at)
         VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000))
         ON CONFLICT (tenant) DO UPDATE
           SET validation_mode = excluded.validation_mode, author = excluded.author, changed_at = excluded.changed_at`,
        [tenant, settings.validationMode ?? null, actor, at],
      );
      await connection.query(
        `INSERT INTO audit (tenant, id, at, actor, act, target, detail)
         VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, 'change-settings', 'Settings', $5)`,
        [tenant, id, at, actor, JSON.stringify({ ...settings, before: toSettings(rows[0]) })],
      );
    });
  }
}

function toSettings(row: Row | undefined): TenantSettings {
  const validationMode = VALIDATION_MODES.find((mode) => mode === row?.validation_mode);
  return validationMode === undefined ? {} : { validationMode };
}
