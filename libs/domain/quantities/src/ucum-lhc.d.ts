/** The part of the package that is used here; it ships no types. */
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
    convertToBaseUnits(
      from: string,
      value: number,
    ): {
      readonly status: 'succeeded' | 'failed' | 'invalid' | 'error';
      readonly magnitude?: number;
      /** Base unit to exponent. */
      readonly unitToExp?: Readonly<Record<string, number>>;
    };
  }
}
