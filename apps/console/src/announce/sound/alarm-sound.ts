import { highBurst } from './burst.js';

const VOLUME = 0.4;
const RAMP_S = 0.01;

/** Sound of this page. Browsers play none before the person has pressed something; that is seen here, so that it can be said. */
export class AlarmSound {
  private context: AudioContext | undefined;
  /** End of the burst that is played, s of the context. */
  private playsUntil = 0;
  private readonly listeners = new Set<() => void>();

  /** Whether the browser would play. */
  canPlay = (): boolean => this.context?.state === 'running';

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Asks the browser to play from now on; it agrees at once only after a press. Without sound in the browser nothing happens. */
  enable = (): void => {
    try {
      this.context ??= this.open();
      // Settles when the browser agrees, which may be never.
      this.context.resume().then(this.changed, this.changed);
    } catch {
      this.changed();
    }
  };

  /** Plays a burst, in one tab of this browser: the others leave `name` to that one for `claimMs`. */
  play(name: string, claimMs: number): void {
    if (!this.canPlay()) return;
    // Absent on plain HTTP: every tab plays then.
    const locks = navigator.locks as LockManager | undefined;
    if (locks === undefined) return this.burst();
    void locks.request(`homeostat-sound ${name}`, { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      this.burst();
      await new Promise((resolve) => setTimeout(resolve, claimMs));
    });
  }

  private burst(): void {
    const { context } = this;
    if (context === undefined || context.currentTime < this.playsUntil) return;
    for (const { at, seconds, hertz } of highBurst()) {
      const begin = context.currentTime + at;
      const tone = new OscillatorNode(context, { type: 'triangle', frequency: hertz });
      const volume = new GainNode(context, { gain: 0 });
      // Without a ramp a pulse begins and ends with a click.
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(VOLUME, begin + RAMP_S);
      volume.gain.setValueAtTime(VOLUME, begin + seconds - RAMP_S);
      volume.gain.linearRampToValueAtTime(0, begin + seconds);
      tone.connect(volume).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + seconds);
      this.playsUntil = begin + seconds;
    }
  }

  private open(): AudioContext {
    const context = new AudioContext();
    context.addEventListener('statechange', this.changed);
    return context;
  }

  private readonly changed = (): void => {
    for (const listener of this.listeners) listener();
  };
}
