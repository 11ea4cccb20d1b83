import { twinKey } from '#libs/contracts';
import { viewOf, type Catalogue } from '#libs/domain/twin';
import { measureByNumber } from '#libs/domain/quantities';
import { alertChannel, twinChannel, type HotState, type HotTwin } from '#libs/platform/storage';
import type { Committed } from './committed.js';
import type { HeldTwin } from '../apply/twin-cache.js';

/**
 * Shows what was committed: the new view of each changed twin, then word to live subscribers. The first round begins at once, the next
 * no sooner than {@link BETWEEN_ROUNDS_MS} later; what is committed meanwhile is merged, the newest view of a twin wins, so a slow store
 * delays nobody, nothing piles up, and many small transactions cost few rounds.
 */
export class HotViews {
  private readonly views = new Map<string, HeldTwin>();
  private readonly messages: { channel: string; message: string }[] = [];
  private running: Promise<void> | undefined;

  constructor(
    private readonly hot: Pick<HotState, 'put' | 'publish'>,
    private readonly catalogue: Catalogue,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  show({ written, transitions }: Pick<Committed, 'written' | 'transitions'>): void {
    for (const { twin, isChanged } of written)
      if (isChanged) this.views.set(twinKey(twin.state.tenant, 'patient', twin.state.patient), twin);
    for (const { tenant, transition } of transitions)
      this.messages.push({ channel: alertChannel(tenant), message: transition.id });
    // Live subscribers only miss a hint: they read Postgres.
    if (this.messages.length > MAX_MESSAGES) this.messages.splice(0, this.messages.length - MAX_MESSAGES);
    this.running ??= this.run()
      .catch(this.onProblem)
      .finally(() => {
        this.running = undefined;
      });
  }

  /** Until all is shown. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // After the present turn, so that the transaction's outcome is reported first.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.views.size > 0 || this.messages.length > 0) {
      const twins = [...this.views.values()];
      const messages = this.messages.splice(0);
      this.views.clear();
      const at = Date.now();
      // Sent in this order on one connection, without waiting for the answer between.
      const put = this.hot.put(twins.map((twin) => hotTwinOf(this.catalogue, twin, at)));
      const published = this.hot.publish([
        ...twins.map(({ state }) => ({
          channel: twinChannel(state.tenant, state.patient),
          message: String(state.version),
        })),
        ...messages,
      ]);
      await Promise.all([put, published]);
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, at + BETWEEN_ROUNDS_MS - Date.now())));
    }
  }
}

const MAX_MESSAGES = 10_000;
const BETWEEN_ROUNDS_MS = 25;

function hotTwinOf(catalogue: Catalogue, { state, recorded }: HeldTwin, at: number): HotTwin {
  const view = viewOf(catalogue, state, at);
  const measures: Record<string, unknown> = {};
  for (const code in recorded) {
    const name = measureByNumber(Number(code))?.name;
    const shown = name === undefined ? undefined : view.measures[name];
    if (name !== undefined && shown !== undefined)
      measures[name] = { ...shown, recordedAt: new Date(recorded[code]!).toISOString() };
  }
  const { tenant, patient, version } = state;
  return { tenant, patient, version, view: JSON.stringify({ ...view, measures }) };
}
