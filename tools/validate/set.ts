export interface Detection {
  readonly record: string;
  readonly kind: 'beat' | 'af' | 'alarm' | 'rhythm' | 'score' | 'episode';
  readonly at: number;
  readonly until?: number;
  readonly class?: string;
  readonly value?: number | boolean;
  readonly rule?: string;
}

/** One set: yields detections (labels never read), and scores them when labels are there. */
export interface ValidationSet {
  readonly name: string;
  detect(folder: string): Iterable<Detection>;
  score(folder: string, detections: readonly Detection[]): Readonly<Record<string, number>>;
}
