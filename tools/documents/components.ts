type Json = Record<string, unknown>;

/**
 * The named schemas of a document. A schema that zod makes keeps its named parts in `$defs` of its own, where a reference of an OpenAPI or
 * AsyncAPI document, which starts at the document's root, does not find them: they are moved to `#/components/schemas`.
 */
export class Components {
  private readonly named = new Map<string, Json>();

  /**
   * The schema without its `$defs`, its references leading to the components.
   *
   * @throws {Error} when one name stands for two different schemas
   */
  take(schema: Json): Json {
    const { $schema: _dialect, $defs = {}, ...rest } = schema;
    for (const [name, part] of Object.entries($defs as Record<string, Json>)) this.keep(name, toRoot(part) as Json);
    return toRoot(rest) as Json;
  }

  get schemas(): Json {
    return Object.fromEntries([...this.named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private keep(name: string, schema: Json): void {
    const known = this.named.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`two different schemas are called ${name}`);
    this.named.set(name, schema);
  }
}

function toRoot(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toRoot);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', '#/components/schemas/') : toRoot(item),
    ]),
  );
}
