import { SYSTEM } from '../resources.js';
import { unique, type Any, type Server } from '../server.js';

/** Resources of one requirement, told apart from all others by an identifier. */
export async function some<const K extends string>(
  server: Server,
  resources: Readonly<Record<K, Any>>,
): Promise<{ readonly only: string; readonly ids: Readonly<Record<K, string>> }> {
  const mark = unique();
  const ids: Record<string, string> = {};
  for (const [name, resource] of Object.entries<Any>(resources)) {
    const identifier = [...(resource.identifier ?? []), { system: SYSTEM, value: mark }];
    ids[name] = (await server.made({ ...resource, identifier })).id;
  }
  return { only: `identifier=${SYSTEM}|${mark}`, ids: ids as Record<K, string> };
}

export const quantity = (value: number, code: string): Any => ({
  valueQuantity: { value, unit: code, system: 'http://unitsofmeasure.org', code },
});
