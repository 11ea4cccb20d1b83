/** A request is refused: the status of its answer and the OperationOutcome that says why. Throw it. */
export class OutcomeProblem extends Error {
  override readonly name = 'OutcomeProblem';
  constructor(
    readonly status: number,
    readonly outcome: object,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`answered ${status}`);
  }
}
