/** Who sends, how, and for whom when a sample does not say. */
export interface Origin {
  readonly tenant: number;
  /** Client id: the source of samples that name none. */
  readonly client: string;
  /** May send under the source of another client. */
  readonly anySource: boolean;
  readonly door: 'http' | 'mqtt';
  /** Id of the request or message, for `GET /v1/rejections`. */
  readonly request: string;
  /** Patient of samples that name neither patient nor device (`?patient=`). */
  readonly patient?: string | undefined;
  /** The only patient allowed (MQTT topic). */
  readonly boundTo?: string | undefined;
  /** How long to wait for a full log before giving up, ms; meanwhile no more is read from the sender. Default 0. */
  readonly patienceMs?: number | undefined;
}
