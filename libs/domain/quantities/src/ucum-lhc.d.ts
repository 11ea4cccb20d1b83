/** The part of the package that the tests use; it ships no types. */
declare module '@lhncbc/ucum-lhc' {
  export class UcumLhcUtils {
    static getInstance(): UcumLhcUtils;
    convertUnitTo(
      from: string,
      value: number,
      to: string,
      options?: { readonly molecularWeight?: number },
    ): {
      readonly status: 'succeeded' | 'failed' | 'error';
      readonly toVal: number | null;
      readonly msg: readonly string[];
    };
  }
}
