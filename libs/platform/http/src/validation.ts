import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Problem, type ProblemDetail } from './problem.js';
import { refuseInput } from './refused-input.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
}

const MAX_SHOWN = 100;

/** The pipe behind `@Body({ schema })` and `@Query({ schema })`: without it registered globally, schemas check nothing. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new RequestPipe({ exceptionFactory: invalid });
}

/** Nest's pipe takes members named like those of every object out of a request; here they are refused as any other that is unknown. */
class RequestPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(value: unknown): void {
    refuseInput(value);
  }
}

function invalid(issues: readonly Issue[]): Problem {
  const errors = issues.slice(0, MAX_SHOWN).map(toDetail);
  return new Problem(400, 'invalid', 'the request does not have the expected shape', errors);
}

function toDetail(issue: Issue): ProblemDetail {
  const segments = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const pointer = segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { pointer: pointer.slice(0, 200), code: issue.code ?? 'invalid', detail: issue.message.slice(0, 300) };
}
