/** The values of a statement that is being written: text of a request is only ever one of them, never part of the statement. */
export class Parameters {
  readonly values: unknown[] = [];
  private readonly known = new Map<unknown, string>();

  /** The place of a value in the statement: `$3`. Equal numbers and texts share one. @param type to which Postgres casts it */
  add(value: string | number | bigint | readonly string[] | readonly number[], type: string): string {
    const key = typeof value === 'object' ? value : `${type} ${value}`;
    let place = this.known.get(key);
    if (place === undefined) {
      this.values.push(typeof value === 'bigint' ? value.toString() : value);
      place = `$${this.values.length}::${type}`;
      this.known.set(key, place);
    }
    return place;
  }

  keys(keys: readonly bigint[]): string {
    return this.add(`{${keys.join(',')}}`, 'bigint[]');
  }
}
