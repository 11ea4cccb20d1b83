import type { Issue } from '#libs/domain/fhir';

/** Why a patch cannot be read or applied. Thrown inside this folder only. */
export class PatchFault extends Error {
  override readonly name = 'PatchFault';
  constructor(
    readonly status: number,
    readonly code: Issue['code'],
    readonly diagnostics: string,
    /** FHIRPath of the place, from the name of the resource type on; absent for the patch itself. */
    readonly place?: string,
  ) {
    super(diagnostics);
  }
}

/** How much work a patch may make. */
export class Budget {
  constructor(private left: number) {}

  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new PatchFault(422, 'too-costly', 'the patch makes too much work');
  }
}
