import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { PutSettingsRequest, SettingsSchema } from '#libs/contracts';
import type { Access } from '#libs/platform/auth';
import type { TenantSettings, TenantSettingsStore } from '#libs/platform/storage';

export interface SettingsDeps {
  readonly store: TenantSettingsStore;
  /** What holds where a tenant has set nothing. */
  readonly defaults: Required<TenantSettings>;
  /** ms since 1970 */
  readonly now: () => number;
}

/** What administrators set for their tenant. */
export class Settings {
  constructor(private readonly deps: SettingsDeps) {}

  async get(access: Access): Promise<z.input<typeof SettingsSchema>> {
    return { ...this.deps.defaults, ...(await this.deps.store.read(access.tenant.key)) };
  }

  async put(
    access: Access,
    { validationMode }: z.output<typeof PutSettingsRequest>,
  ): Promise<z.input<typeof SettingsSchema>> {
    const settings = validationMode === undefined ? {} : { validationMode };
    const act = { id: uuid(), at: this.deps.now(), actor: access.client };
    await this.deps.store.write(access.tenant.key, settings, act);
    return { ...this.deps.defaults, ...settings };
  }
}
