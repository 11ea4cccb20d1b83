import { pathBelow, type OwnBases } from './own-base.js';

/** What the references of one resource are resolved against. */
export interface ReferenceContext {
  readonly own: OwnBases;
  /** Base of the entry's fullUrl when that is of another server: what is relative in it is there, not here. */
  readonly elsewhere?: string | undefined;
  /** fullUrl without version → where the entry of the same transaction will be (`Patient/1`). */
  readonly targets: ReadonlyMap<string, string>;
  /** `Type/id` as a sender had it, of new resources of the same transaction → where they will be. */
  readonly sentIds: ReadonlyMap<string, string>;
}

export type Resolved =
  | { readonly kind: 'as-sent' | 'resolved'; readonly reference: string }
  /** `Type?query`: of the one resource for which the query holds. */
  | { readonly kind: 'conditional'; readonly reference: string }
  /** Taken for the new resource of the transaction that its sender calls so, which is right only if we have no other of that id. */
  | { readonly kind: 'assumed'; readonly reference: string; readonly sent: string }
  /** A urn that no entry has. */
  | { readonly kind: 'unresolved'; readonly reference: string };

const URN = /^urn:(uuid|oid):/i;
const ABSOLUTE = /^https?:\/\//i;
const RELATIVE = /^[A-Z][A-Za-z]{1,63}\//;
const CONDITIONAL = /^[A-Z][A-Za-z]{1,63}\?/;
const VERSION = /\/_history\/[^/?#]*$/;

/**
 * Where a Reference.reference leads (FHIR R4 bundle.html#references): to an entry of the transaction, to a resource of this server
 * (then it is relative, however it was written), or elsewhere (then it is absolute).
 */
export function resolveReference(sent: string, context: ReferenceContext): Resolved {
  const { own, elsewhere, targets, sentIds } = context;
  if (URN.test(sent)) {
    const target = entryTarget(sent, targets);
    return target === undefined ? { kind: 'unresolved', reference: sent } : { kind: 'resolved', reference: target };
  }
  // It is looked up here, whoever sends it.
  if (CONDITIONAL.test(sent)) return { kind: 'conditional', reference: sent };
  const isRelative = RELATIVE.test(sent);
  if (!isRelative && !ABSOLUTE.test(sent)) return { kind: 'as-sent', reference: sent };
  const url = withoutSlash(isRelative && elsewhere !== undefined ? `${elsewhere}/${sent}` : sent);
  const target = entryTarget(url, targets);
  if (target !== undefined) return { kind: 'resolved', reference: target };
  const here = ABSOLUTE.test(url) ? pathBelow(url, own) : url;
  if (here === undefined) return { kind: 'resolved', reference: url };
  const name = here.replace(VERSION, '');
  const assumed = own.flatMap((base) => targets.get(`${base}/${name}`) ?? [])[0] ?? sentIds.get(name);
  if (assumed !== undefined && assumed !== name) return { kind: 'assumed', reference: assumed, sent: name };
  return { kind: 'resolved', reference: here };
}

/** Where the entry of the same transaction will be that this URL or urn means, with or without a version; undefined when none does. */
export function entryTarget(url: string, targets: ReadonlyMap<string, string>): string | undefined {
  const exact = targets.get(url);
  if (exact !== undefined || targets.size === 0) return exact;
  if (URN.test(url)) return targets.get(url.toLowerCase());
  return url.includes('/_history/') ? targets.get(url.replace(VERSION, '')) : undefined;
}

function withoutSlash(url: string): string {
  return url.includes('?') ? url : url.replace(/\/+$/, '');
}

/** The base of a fullUrl such as `https://north.example/fhir/Patient/1`; undefined when it is of no such form, or ours. */
export function foreignBaseOf(fullUrl: string | undefined, own: OwnBases): string | undefined {
  const base = /^(https?:\/\/.+)\/[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?\/?$/i.exec(
    fullUrl ?? '',
  )?.[1];
  return base === undefined || pathBelow(`${base}/Any/1`, own) !== undefined ? undefined : base;
}

/** A fullUrl as targets have it. */
export function targetKey(fullUrl: string): string {
  return URN.test(fullUrl) ? fullUrl.toLowerCase() : withoutSlash(fullUrl).replace(VERSION, '');
}
