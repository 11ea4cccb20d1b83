/**
 * Keys of acts: the same request keeps its key, so that a repeat after a lost answer takes effect once, and a changed one gets another.
 * Made from random values, because `crypto.randomUUID` is missing on plain HTTP.
 */
export class IdempotencyKey {
  private request = '';
  private key = '';

  for(request: unknown): string {
    const text = JSON.stringify(request);
    if (text !== this.request || this.key === '') {
      this.request = text;
      this.key = [...crypto.getRandomValues(new Uint8Array(16))]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
    }
    return this.key;
  }

  /** The act is done: the same request once more would be another act. */
  done(): void {
    this.key = '';
  }
}
