/** A time as the API takes it. `at`: ms */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** What a question of a view says of when it was known. */
export function known({ knownAt }: { readonly knownAt: number | null }): { 'known-at'?: string } {
  return knownAt === null ? {} : { 'known-at': iso(knownAt) };
}
