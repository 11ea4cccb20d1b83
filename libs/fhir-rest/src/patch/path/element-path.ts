import { pathFault, PathReader } from './path-reader.js';
import type { PathStep } from './path-step.js';

/**
 * Reads the part of FHIRPath that names elements of the resource: names, indexes, `where(…)`, `first()`, `last()`, `single()`, `tail()`,
 * `skip(…)`, `take(…)`, `ofType(…)`, `as(…)`, `extension('…')`. No other function is taken: a patch changes elements, not what is computed from them, and
 * what it costs must be bounded.
 *
 * @param type of the resource: a path may begin with its name
 * @throws PatchFault 400 with the reason
 */
export function readElementPath(text: string, type: string): readonly PathStep[] {
  const steps = new PathReader(text).wholePath();
  const [root, ...rest] = steps;
  if (root?.kind !== 'child') return steps;
  if (root.name === type || root.name === 'Resource' || root.name === 'DomainResource' || root.name === '%resource') {
    return rest;
  }
  if (/^[A-Z]/.test(root.name)) throw pathFault('the path begins with the name of another type');
  return steps;
}
