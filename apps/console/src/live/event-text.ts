/** An event of a stream, as text/event-stream has it. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** Reads text/event-stream (HTML standard, 9.2.6) piece by piece, wherever the pieces end. */
export class EventText {
  private rest = '';
  private id: string | undefined;
  private event = '';
  private data: string[] = [];

  push(text: string): StreamEvent[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.take(line));
  }

  private take(line: string): StreamEvent[] {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'id') this.id = value;
    if (field === 'event') this.event = value;
    if (field === 'data') this.data.push(value);
    return [];
  }

  private dispatch(): StreamEvent[] {
    const { id, event, data } = this;
    this.id = undefined;
    this.event = '';
    this.data = [];
    return data.length === 0 ? [] : [{ id, event: event === '' ? 'message' : event, data: data.join('\n') }];
  }
}
