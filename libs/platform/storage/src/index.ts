export * from './hot-state.js';
