import { get, type IncomingMessage } from 'node:http';

export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
  /** ms */
  readonly at: number;
}

/** A client of server-sent events that a test can make slow. */
export class EventReader {
  readonly events: ReadEvent[] = [];
  private text = '';
  private isOver = false;

  private constructor(private readonly answer: IncomingMessage) {
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => this.take(chunk));
    answer.on('close', () => (this.isOver = true));
    answer.on('error', () => (this.isOver = true));
  }

  /** @throws with the status and the code of a refusal */
  static async open(url: string, bearer: string, lastId?: string): Promise<EventReader> {
    const headers = {
      authorization: `Bearer ${bearer}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      get(url, { headers, agent: false }, resolve).on('error', reject),
    );
    if (answer.statusCode === 200) return new EventReader(answer);
    let body = '';
    for await (const chunk of answer) body += String(chunk);
    throw new Error(`${answer.statusCode} ${(JSON.parse(body) as { code: string }).code}`);
  }

  of(event: string): readonly ReadEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  get lastId(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  get ended(): boolean {
    return this.isOver;
  }

  /** The first event so far, or to come, that is as asked. */
  async until(isIt: (one: ReadEvent) => boolean, forMs = 10_000): Promise<ReadEvent> {
    for (const deadline = Date.now() + forMs; Date.now() < deadline;) {
      const found = this.events.find(isIt);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`it did not come among ${this.events.length} events`);
  }

  /** Takes nothing until {@link resume}. */
  pause(): void {
    this.answer.pause();
  }

  resume(): void {
    this.answer.resume();
  }

  close(): void {
    this.answer.destroy();
  }

  private take(chunk: string): void {
    this.text += chunk;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      const lines = this.text.slice(0, end).split('\n');
      this.text = this.text.slice(end + 2);
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [event, data] = [field('event'), field('data')];
      if (event !== undefined && data !== undefined)
        this.events.push({
          id: field('id'),
          event,
          data: JSON.parse(data) as Record<string, unknown>,
          at: Date.now(),
        });
    }
  }
}
