import type { TenantSettings, TenantSettingsStore } from './tenant-settings.js';

interface Known {
  readonly settings: Promise<TenantSettings>;
  /** ms since 1970 */
  readonly readAt: number;
}

/** A change is seen this long after it was made, at the latest. */
const FRESH_MS = 2_000;
/** Above it what is known is forgotten: tenants are few. */
const MAX_TENANTS = 10_000;

/** Settings as they were at most two seconds ago: one query per tenant in that time, however many requests. */
export class RecentSettings {
  private readonly known = new Map<number, Known>();

  constructor(
    private readonly store: Pick<TenantSettingsStore, 'read'>,
    private readonly now: () => number,
  ) {}

  /** @throws what the database says when it cannot be read and nothing is known */
  of(tenant: number): Promise<TenantSettings> {
    const known = this.known.get(tenant);
    const at = this.now();
    if (known !== undefined && at - known.readAt < FRESH_MS) return known.settings;
    if (this.known.size >= MAX_TENANTS) this.known.clear();
    const settings = this.store.read(tenant).catch((error: unknown) => {
      if (known === undefined) {
        this.known.delete(tenant);
        throw error;
      }
      return known.settings;
    });
    this.known.set(tenant, { settings, readAt: at });
    return settings;
  }
}
