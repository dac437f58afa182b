/** Mutants that no test can tell from the product, or need not, and why. All others must be killed. */
interface Exception {
  readonly why: string;
  readonly file: string;
  readonly mutants: readonly {
    /** The line of the product in which the change begins. */
    readonly code: string;
    readonly from: string;
    readonly to: string;
  }[];
}

export const EXCEPTIONS: readonly Exception[] = [];
