import type { TwinState } from '../state/state.js';

/** A whole stored twin of some version; its shape was checked against what all these versions have in common. */
export type OldTwin = Omit<TwinState, 'v'> & { readonly v: number };
