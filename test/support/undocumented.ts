type Schema = Readonly<Record<string, unknown>>;

/**
 * Fields of an answer that a JSON schema does not name, as JSON pointers. Stricter than the schema: what it merely does not forbid counts
 * as well, except where it says itself that any name may stand (`additionalProperties`).
 */
export function undocumented(value: unknown, schema: Schema, root: Schema = schema, at = ''): string[] {
  const all = resolved(schema, root);
  if (Array.isArray(value))
    return value.flatMap((item, n) =>
      best(
        item,
        all.map((one) => one['items']),
        root,
        `${at}/${n}`,
      ),
    );
  if (typeof value !== 'object' || value === null) return [];
  const objects = all.filter((one) => one['properties'] !== undefined || one['additionalProperties'] !== undefined);
  if (objects.length === 0) return all.some((one) => one['type'] === undefined) ? [] : [at];
  return Object.entries(value).flatMap(([name, item]) => {
    const pointer = `${at}/${name}`;
    const named = objects.flatMap((one) => {
      const properties = (one['properties'] ?? {}) as Schema;
      return Object.hasOwn(properties, name) ? [properties[name]] : [];
    });
    if (named.length > 0) return best(item, named, root, pointer);
    const others = objects.flatMap(({ additionalProperties }) =>
      typeof additionalProperties === 'object' ? [additionalProperties] : [],
    );
    return others.length > 0 ? best(item, others, root, pointer) : [pointer];
  });
}

/** By the alternative that names most. */
function best(value: unknown, schemas: readonly unknown[], root: Schema, at: string): string[] {
  const found = schemas
    .filter((schema): schema is Schema => typeof schema === 'object' && schema !== null)
    .map((schema) => undocumented(value, schema, root, at));
  return found.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** The schema without references, or its alternatives. */
function resolved(schema: Schema, root: Schema): readonly Schema[] {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((place, name) => (place as Schema)[name], root);
    return resolved(target as Schema, root);
  }
  const parts = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as readonly Schema[] | undefined;
  return parts === undefined ? [schema] : parts.flatMap((part) => resolved(part, root));
}
