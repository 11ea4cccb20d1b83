import assert from 'node:assert/strict';
import { refused, status } from '../expectations.js';
import { observation, patient } from '../resources.js';
import type { Any, Server } from '../server.js';

/** Errors and warnings of `$validate`. */
export async function verdict(server: Server, resource: Any, type: string = resource.resourceType): Promise<Any[]> {
  const answer = await server.post(`/${type}/$validate`, resource);
  status(answer, 200, 400, 422);
  assert.equal(answer.body.resourceType, 'OperationOutcome');
  return answer.body.issue.filter((issue: Any) => issue.severity !== 'information');
}

/** An error at this place, and the resource is refused. */
export async function wrong(server: Server, resource: Any, place: RegExp): Promise<void> {
  const errors = (await verdict(server, resource)).filter((issue) => issue.severity === 'error');
  assert.ok(errors.length > 0, `an error at ${place}`);
  const places = errors.flatMap((issue) => issue.expression ?? []);
  assert.ok(
    places.some((one) => place.test(one)),
    `${place}; named: ${places.join(', ')}`,
  );
  const stored = await server.post(`/${resource.resourceType}`, resource);
  refused(stored, [400, 422]);
}

/** Errors of `$validate` alone. */
export async function errorsOf(server: Server, resource: Any, type?: string): Promise<Any[]> {
  return (await verdict(server, resource, type)).filter((issue) => issue.severity === 'error');
}

/** No error, and the resource is stored. */
export async function right(server: Server, resource: Any): Promise<void> {
  assert.deepEqual(await errorsOf(server, resource), []);
  status(await server.post(`/${resource.resourceType}`, resource), 201);
}

export const LOINC = 'http://loinc.org';
export const UCUM = 'http://unitsofmeasure.org';

/** A heart rate of nobody. */
export const free = (more: Any): Any => observation('', { subject: undefined, ...more });

/** A reference to a stored Patient. */
export async function here(server: Server): Promise<{ readonly reference: string }> {
  const { id } = await server.made(patient());
  return { reference: `Patient/${id}` };
}
