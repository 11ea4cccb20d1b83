/** What is searched: a type, several of the system, or the compartment `of` a resource (of one type, or of all with `*`). */
export type SearchTarget =
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'system' }
  | { readonly kind: 'compartment'; readonly of: string; readonly id: string; readonly type: string };

/** What a search of a bundle is: that, or an operation that searches. */
export type BundleSearch =
  | SearchTarget
  | { readonly kind: 'everything'; readonly id: string }
  | { readonly kind: 'last' };

/** What is searched as a path below the base url: `Patient`, `Patient/1/Observation`, '' for the system. */
export function pathOfTarget(target: SearchTarget): string {
  switch (target.kind) {
    case 'type':
      return target.type;
    case 'system':
      return '';
    case 'compartment':
      return `${target.of}/${target.id}/${target.type}`;
  }
}
