/** The part of FunctionGraph's context that we use (developer guide, "SDK APIs" of the Node.js context). */
export interface FunctionGraphContext {
  /** A variable of the function, encrypted or not. */
  getUserData?(name: string): unknown;
  /** The temporary keys of the function's agency; empty without one. */
  getSecurityAccessKey?(): unknown;
  getSecuritySecretKey?(): unknown;
  getSecurityToken?(): unknown;
  getRemainingTimeInMilliSeconds?(): unknown;
  getRequestID?(): unknown;
  /** The four parts of the function's name in the API, besides the region. */
  getProjectID?(): unknown;
  getPackage?(): unknown;
  getFunctionName?(): unknown;
  getVersion?(): unknown;
}

/** Whatever is no text is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
