import { retryDelay } from './connection-state.js';
import { EventText, type StreamEvent } from './event-text.js';

export interface StreamParts {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Events that came together. */
  readonly onEvents: (events: readonly StreamEvent[]) => void;
  /** The stream begins from now: what was before it is to be read anew. */
  readonly onAnew: () => void;
  /** Where to go on; undefined: from now. */
  readonly lastId: () => string | undefined;
}

/** Nothing for this long is a connection that has gone without a sign, ms. */
const SILENT_MS = 5_000;
const GONE = 410;

/** Keeps one stream open: connects again after the last event that was seen, until it is aborted. */
export async function keepStreaming(
  url: string,
  { fetch, onEvents, onAnew, lastId }: StreamParts,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let isForgotten = false;
  while (!signal.aborted) {
    const id = isForgotten ? undefined : lastId();
    const attempt = new AbortController();
    const watch = new Watch(() => attempt.abort());
    try {
      const headers = { accept: 'text/event-stream', ...(id === undefined ? {} : { 'last-event-id': id }) };
      const answer = await fetch(new Request(url, { headers, signal: AbortSignal.any([signal, attempt.signal]) }));
      isForgotten = answer.status === GONE;
      if (answer.ok && answer.body !== null) {
        if (id === undefined) onAnew();
        failures = 0;
        await readEvents(answer.body, watch, onEvents);
      }
    } catch {
      // Cut off, refused, or aborted: the next attempt goes on from where this one came to.
    } finally {
      watch.stop();
    }
    if (isForgotten && failures === 0) {
      failures += 1;
      continue;
    }
    await pause(retryDelay(failures, Math.random()), signal);
    failures += 1;
  }
}

async function readEvents(
  body: ReadableStream<Uint8Array>,
  watch: Watch,
  onEvents: StreamParts['onEvents'],
): Promise<void> {
  const text = new EventText();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    watch.heard();
    const { done, value } = await reader.read();
    if (done) return;
    const events = text.push(decoder.decode(value, { stream: true }));
    if (events.length > 0) onEvents(events);
  }
}

/** Ends an attempt that is silent. */
class Watch {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onSilent: () => void) {
    this.heard();
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onSilent, SILENT_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      // A page that is left open connects often: its signal keeps none of the pauses.
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
