import { useState } from 'react';
import type { Held } from './ward-order.js';

type Hold = 'pointer' | 'focus';

/** Handlers for the list, and the tiles that are pointed at or have the focus in. */
interface HeldTiles {
  readonly held: readonly Held[];
  readonly on: {
    readonly onPointerOver: (event: React.PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: (event: React.FocusEvent) => void;
    readonly onBlur: (event: React.FocusEvent) => void;
  };
}

/** A tile names its patient in `data-patient`, and its place in `data-index`. */
export function useHeldTiles(): HeldTiles {
  const [holds, setHolds] = useState<Readonly<Partial<Record<Hold, Held>>>>({});
  const hold = (by: Hold, target: EventTarget | null): void => {
    const tile = target instanceof Element ? target.closest<HTMLElement>('[data-patient]') : null;
    const { patient, index } = tile?.dataset ?? {};
    setHolds((before) => {
      if (before[by]?.patient === patient) return before;
      const { [by]: _, ...others } = before;
      return patient === undefined ? others : { ...others, [by]: { patient, index: Number(index) } };
    });
  };
  return {
    held: Object.values(holds),
    on: {
      onPointerOver: ({ target }) => hold('pointer', target),
      onPointerLeave: () => hold('pointer', null),
      onFocus: ({ target }) => hold('focus', target),
      onBlur: ({ relatedTarget }) => hold('focus', relatedTarget),
    },
  };
}
