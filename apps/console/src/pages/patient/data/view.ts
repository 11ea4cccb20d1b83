import { useEffect, useState } from 'react';

/** Whose page it is, and of which knowledge. */
export interface View {
  readonly patient: string;
  /** The page shows what was known then, ms; null: it is live. */
  readonly knownAt: number | null;
}

/** Key of everything that is asked for a view; what follows names the question. */
export function viewKey({ patient, knownAt }: View, ...question: readonly unknown[]): readonly unknown[] {
  return ['patient', patient, knownAt ?? 'live', ...question];
}

/** `value` once it has stayed as it is for `ms`. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
