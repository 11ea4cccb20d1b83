export interface Detection {
  readonly record: string;
  readonly kind: 'beat' | 'af' | 'alarm' | 'rhythm' | 'score' | 'episode' | 'forecast' | 'trace' | 'what-if';
  readonly at: number;
  readonly until?: number;
  readonly class?: string;
  readonly value?: number | boolean;
  readonly rule?: string;
  /** Of a forecast: catalogue name of the measure, minutes ahead, quantiles by level; `value` is its mean, `at` when it was made. */
  readonly code?: string;
  readonly minutes?: number;
  readonly quantiles?: Readonly<Record<string, number>>;
  /** Of a simulation: which days were simulated; `at` is seconds from their start. */
  readonly scenario?: string;
}

/** How fibrillation was found in one record; shares in %, undefined where there is nothing to share. */
export interface RecordRow {
  readonly record: string;
  readonly hours: number;
  readonly sensitivity: number | undefined;
  readonly specificity: number | undefined;
  /** Of two minutes and more. */
  readonly falseEpisodes: number;
}

/** One set: yields detections (labels never read), and scores them when labels are there. */
export interface ValidationSet {
  readonly name: string;
  detect(folder: string): Iterable<Detection>;
  score(folder: string, detections: readonly Detection[]): Readonly<Record<string, number>>;
  /** The same by record, where that is informative. */
  records?(folder: string, detections: readonly Detection[]): readonly RecordRow[];
}
