/** How long the sound is muted by a press. */
export const MUTE_MS = 5 * 60_000;
const KEY = 'homeostat-muted-until';

/** When the mute ends, ms, from what was stored; undefined: not muted. A clock that was set back does not make it longer. */
export function muteEnd(stored: string | null, now: number): number | undefined {
  if (stored === null || !/^\d{1,16}$/.test(stored)) return undefined;
  const end = Number(stored);
  return end > now && end <= now + MUTE_MS ? end : undefined;
}

/** The sound of this browser, muted for a while: for all its tabs, and across a reload. */
export class Mute {
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** When it ends, ms; undefined: not muted. */
  end = (): number | undefined => muteEnd(this.storage.getItem(KEY), this.now());

  begin(): void {
    this.storage.setItem(KEY, String(this.now() + MUTE_MS));
    this.changed();
  }

  /** By a person, or by a new high alert. */
  stop(): void {
    this.storage.removeItem(KEY);
    this.changed();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Another tab changed it. */
  changed = (): void => {
    for (const listener of this.listeners) listener();
  };
}
