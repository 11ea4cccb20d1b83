/** The living model of one patient; serialised as the twin's snapshot. */
export interface TwinState {
  readonly v: 1;
  readonly tenant: number;
  readonly patient: string;
  readonly version: number;
}
