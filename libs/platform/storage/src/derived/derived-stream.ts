import type { StoredResource } from '#libs/fhir-rest';

/** Resources that are made of rows when they are asked for, in an order of their own, read as far as they are needed. */
export interface DerivedStream<Place extends { readonly at: number } = { readonly at: number }> {
  /** The next match, which stays the next until it is taken; undefined when there is none, or when what one page may look at is used up. */
  peek: () => Promise<{ readonly place: Place; readonly resource: StoredResource } | undefined>;
  take: () => void;
  /** Whether every match was taken. */
  readonly isDone: boolean;
  /** Up to where matches were taken and everything else was looked at. */
  readonly position: Place | undefined;
}

export const NOTHING_DERIVED: DerivedStream<never> = {
  peek: () => Promise.resolve(undefined),
  take: () => undefined,
  isDone: true,
  position: undefined,
};

/** One stream behind the other. */
export class StreamsInOrder implements DerivedStream {
  constructor(private readonly streams: readonly DerivedStream[]) {}

  peek(): ReturnType<DerivedStream['peek']> {
    return this.peekFrom(0);
  }

  private async peekFrom(index: number): ReturnType<DerivedStream['peek']> {
    const stream = this.streams[index];
    if (stream === undefined) return undefined;
    const match = await stream.peek();
    return match === undefined && stream.isDone ? this.peekFrom(index + 1) : match;
  }

  take(): void {
    this.current?.take();
  }

  get isDone(): boolean {
    return this.current === undefined;
  }

  get position(): { readonly at: number } | undefined {
    return this.current?.position;
  }

  private get current(): DerivedStream | undefined {
    return this.streams.find(({ isDone }) => !isDone);
  }
}
