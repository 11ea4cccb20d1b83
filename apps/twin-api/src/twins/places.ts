import { z } from 'zod';

/** Parts of the places that cursors hold. A finite number, such as milliseconds. */
export const Ms = z.number();
export const Uuid = z.guid();
