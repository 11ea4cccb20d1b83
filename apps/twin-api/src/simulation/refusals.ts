import type { ModelRefusal } from '#libs/domain/forecasting';
import { Problem } from '#libs/platform/http';

interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** The answer to a request that a model refuses: 422 with the reason. */
export function modelRefuses({ reason, message }: ModelRefusal, model: string): Problem {
  return new Problem(422, 'model-refuses', message, [], {}, { reason, model });
}

/** The answer to a request with these faults. */
export function invalid(faults: readonly Fault[]): Problem {
  return new Problem(400, 'invalid', 'the request does not have the expected shape', faults);
}
