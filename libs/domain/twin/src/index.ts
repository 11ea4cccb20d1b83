export type * from './twin-port.js';
export type * from './state.js';
