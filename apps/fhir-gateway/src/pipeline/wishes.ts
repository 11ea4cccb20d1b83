import type { Handling, Once, OwnBases, Preference } from '#libs/fhir-rest';

/** The resource of a path. */
export interface Target {
  readonly type: string;
  readonly id: string;
}

/** Which resource a write means: that of its path, or the one of a type that a query finds (FHIR R4 http.html#cond-update). */
export type Which = Target | { readonly type: string; readonly query: string };

/** What a client asks for beside the work, and how it called the server. */
export interface Wishes {
  readonly baseUrl: string;
  /** Addresses of this server: references to them are references to its resources. */
  readonly own: OwnBases;
  readonly prefer: Preference;
  /** Whether the client asked for what it prefers. */
  readonly isAsked: boolean;
  /** Whether parameters that are not known are refused; absent in jobs of earlier software: left out. */
  readonly handling?: Handling | undefined;
  /** What makes the request take effect once. */
  readonly once?: Once | undefined;
}
