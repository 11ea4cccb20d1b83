import type { Constraint } from '../invariants/expression.js';

/** What a profile says of an element beyond its base type; members that say nothing are absent. */
export interface ProfileElement {
  readonly min?: number;
  readonly max?: number;
  /** The types that are left of a choice. */
  readonly types?: readonly string[];
  /** Resource types that a reference may point to. */
  readonly targets?: readonly string[];
  readonly fixed?: unknown;
  readonly pattern?: unknown;
  /** The value set of a required binding. */
  readonly valueSet?: string;
  /** Places in the profile's list of constraints. */
  readonly constraints?: readonly number[];
  /** Profiles that an extension must conform to. */
  readonly profiles?: readonly string[];
  /** Of a slice: profiles one of which what it refers to conforms to. */
  readonly targetProfiles?: readonly string[];
  readonly children?: Readonly<Record<string, ProfileElement>>;
  readonly slicing?: Slicing;
}

export interface Discriminator {
  readonly type: string;
  readonly path: string;
}

export interface Slicing {
  readonly discriminators: readonly Discriminator[];
  readonly rules: string;
  readonly ordered?: boolean;
  readonly slices: readonly (ProfileElement & { readonly name: string })[];
}

export interface ProfileTable {
  /** The type that it constrains. */
  readonly type: string;
  readonly version?: string;
  /** Of an extension: types and paths of the elements that it may stand in. */
  readonly contexts?: readonly string[];
  readonly element: ProfileElement;
  readonly constraints: readonly Constraint[];
}
