/** An entry that somebody is at: it keeps its place while others move around it. */
export interface Held<Item> {
  readonly item: Item;
  readonly index: number;
}

/**
 * The order in which a list is shown: as the server gives it, but the held entry stays where it is, also when it has left the page
 * meanwhile (it was acknowledged, say, and belongs further down).
 */
export function heldOrder<Item extends { readonly id: string }>(
  items: readonly Item[],
  held: Held<Item> | undefined,
): readonly Item[] {
  if (held === undefined) return items;
  const newest = items.find(({ id }) => id === held.item.id) ?? held.item;
  const others = items.filter(({ id }) => id !== held.item.id);
  return others.toSpliced(Math.min(held.index, others.length), 0, newest);
}
