import type { StoredState } from './twin-codec.js';

/** A whole stored twin of some version; its shape was checked against what all these versions have in common. */
export type OldTwin = Omit<StoredState, 'v'> & { readonly v: number };
