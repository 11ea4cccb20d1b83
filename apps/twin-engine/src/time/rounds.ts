export interface RoundsDeps {
  /** Pause between the end of a round and the next, ms. */
  readonly everyMs: number;
  readonly round: () => Promise<unknown>;
  readonly onProblem: (error: unknown) => void;
}

/** Rounds of a job, one at a time, the next one also after one that failed. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly deps: RoundsDeps) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.deps
        .round()
        .then(() => undefined, this.deps.onProblem)
        .finally(() => {
          if (!this.stopped) this.start();
        });
    }, this.deps.everyMs);
  }

  /** Ends when the round that runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
