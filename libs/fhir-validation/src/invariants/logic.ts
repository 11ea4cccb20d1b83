import type { Test } from './compiled.js';

/** FHIRPath's three-valued logic. */
export const LOGIC: Readonly<Record<string, (a: Test, b: Test) => Test>> = {
  and: (a, b) => (item, scope) => {
    const first = a(item, scope);
    if (first === false) return false;
    const second = b(item, scope);
    return second === false ? false : first === undefined || second === undefined ? undefined : true;
  },
  or: (a, b) => (item, scope) => {
    const first = a(item, scope);
    if (first === true) return true;
    const second = b(item, scope);
    return second === true ? true : first === undefined || second === undefined ? undefined : false;
  },
  implies: (a, b) => (item, scope) => {
    const first = a(item, scope);
    if (first === false) return true;
    const second = b(item, scope);
    if (first === true) return second;
    return second === true ? true : undefined;
  },
  xor: (a, b) => (item, scope) => {
    const first = a(item, scope);
    const second = b(item, scope);
    return first === undefined || second === undefined ? undefined : first !== second;
  },
};
