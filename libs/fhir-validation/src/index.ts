export type { Constraint, Expression, InvariantTable } from './invariants/expression.js';
export type { ProfileElement, ProfileTable, Slicing } from './profiles/profile-table.js';
export { MAX_ISSUES, type Finding, type Weight } from './findings.js';
export { validate, type ValidateOptions } from './validate.js';
export { profileOf } from './profiles/profiles.js';
