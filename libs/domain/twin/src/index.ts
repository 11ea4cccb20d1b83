export type * from './twin-port.js';
export type * from './state.js';
export * from './initial-twin.js';
