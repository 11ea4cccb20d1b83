import type { Alert } from '../api/alert.js';

/** What of an alert decides whether it is announced. */
export type Seen = Pick<Alert, 'id' | 'sequence' | 'severity' | 'status' | 'transition'>;

interface Known {
  readonly sequence: number;
  readonly isHigh: boolean;
}

/** Those that are over are forgotten, and so are the longest known beyond this. */
const MAX_KNOWN = 5_000;
const OVER: ReadonlySet<Alert['status']> = new Set(['resolved', 'retrospective', 'retracted']);

/**
 * Which open alerts of severity high are new to this page: each is announced once, however often and by whichever way it comes. It is new
 * again when it was acknowledged, snoozed or less severe in between.
 */
export class NewHighAlerts {
  private readonly known = new Map<string, Known>();
  /** All that were open and high are known: any other is new. */
  private isComplete = false;

  /** The open high alerts that were there when the page opened: shown and counted, but not announced. */
  begin(alerts: readonly Seen[], isComplete: boolean): void {
    for (const alert of alerts) this.take(alert);
    this.isComplete = isComplete;
  }

  /** @returns whether it is to be announced */
  take(alert: Seen): boolean {
    const known = this.known.get(alert.id);
    if (known !== undefined && alert.sequence <= known.sequence) return false;
    const isHigh = alert.severity === 'high' && alert.status === 'open';
    if (OVER.has(alert.status)) this.known.delete(alert.id);
    else this.remember(alert.id, { sequence: alert.sequence, isHigh });
    if (!isHigh || known?.isHigh === true) return false;
    return known !== undefined || this.isComplete || alert.transition === 'raised' || alert.transition === 'escalated';
  }

  private remember(id: string, known: Known): void {
    this.known.delete(id);
    this.known.set(id, known);
    if (this.known.size <= MAX_KNOWN) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
    this.isComplete = false;
  }
}
