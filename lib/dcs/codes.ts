/**
 * The codes of DCS in one form. Older answers write `111401004` for `DCS.1004` (both stand in the error table of the API
 * reference): `111`, the HTTP status, a number. The families of the newer form are 1 for 401, 2 and 3 for 403 and 404, 4
 * for 400, 5 for 500.
 */
const NUMERIC = /^111(4\d\d|5\d\d)(\d{3})$/;

/** Codes whose two forms in the table do not follow the rule. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['111403003', 'DCS.2003'],
  ['111403007', 'DCS.2007'],
  ['111404001', 'DCS.4001'],
]);

const FAMILY: ReadonlyMap<string, string> = new Map([
  ['400', '4'],
  ['401', '1'],
  ['403', '3'],
  ['404', '3'],
]);

/** @returns the code in its newer form, in capitals; unchanged unless it is a code of DCS */
export function canonicalCode(code: string): string {
  const plain = code.replace(/^dcs\.\s*(?=\d)/i, 'DCS.').replace(/^DCS\.(?=111\d{6}$)/, '');
  const irregular = IRREGULAR.get(plain);
  if (irregular !== undefined) return irregular;
  const [, status = '', number = ''] = NUMERIC.exec(plain) ?? [];
  if (number === '') return plain;
  const family = status.startsWith('5') ? '5' : FAMILY.get(status);
  return family === undefined ? plain : `DCS.${family}${number}`;
}

/** Whether a code is one of DCS, listed or not: in the newer form, or in the older form without a newer one. */
export function isCodeOfDcs(code: string | undefined): code is string {
  return code !== undefined && (/^DCS\.\d+$/.test(code) || NUMERIC.test(code));
}

/** `APIGW.` for Huawei's own services, `APIG.` and `APIC.` in the documentation of its gateway products. */
const GATEWAY_CODE = /^AP(?:IGW|IG|IC)\.(\d+)$/i;

/** @returns the gateway's part of its code, without the prefix: `0301` */
export function gatewayPartOf(code: string): string | undefined {
  return GATEWAY_CODE.exec(code)?.[1];
}
