import { describe, expect, it } from 'vitest';
import { undocumentedMeaning } from '../../lib/channels/huawei.ts';
import { addressOf } from '../../lib/huawei/regions.ts';
import { HINTS } from '../../lib/language/en/explanations/hints.ts';

describe('an answer of Huawei Cloud that the service does not document', () => {
  const SIGNATURE = {
    class: 'broken',
    hint: 'the signature was refused; check the access key, the secret key and the clock of this machine',
  };
  const TOO_MANY = { class: 'pause', hint: 'too many requests', pauseMs: 60_000 };
  const FORBIDDEN = { class: 'broken', hint: 'not permitted; check the permissions of the access key' };
  it.each([
    ['APIGW.0301', 200, SIGNATURE],
    [
      'APIGW.0302',
      200,
      { class: 'broken', hint: 'the access key may not call this API; check its permissions' },
    ],
    ['APIGW.0303', 200, SIGNATURE],
    ['APIGW.0308', 200, TOO_MANY],
    ['X.1', 200, { class: 'transient' }],
    ['X.1', 399, { class: 'transient' }],
    ['X.1', 400, { class: 'permanent' }],
    ['X.1', 401, SIGNATURE],
    ['X.1', 403, FORBIDDEN],
    ['X.1', 404, { class: 'broken', hint: 'the address does not exist; check the settings' }],
    ['X.1', 429, TOO_MANY],
    ['X.1', 499, { class: 'permanent' }],
    ['X.1', 500, { class: 'transient' }],
  ] as const)(
    'is classified by the code of the gateway, else by its status: %s, %i',
    (code, status, meaning) => {
      const { hint, ...others } = undocumentedMeaning(code, status);
      expect(hint === undefined ? others : { ...others, hint: HINTS[hint] }).toStrictEqual(meaning);
    },
  );
});

describe('the address of a service of Huawei Cloud', () => {
  it.each([
    ['cn-north-4', 'https://smn.cn-north-4.myhuaweicloud.com'],
    ['cn-north-2', 'https://smn.cn-north-2.myhuaweicloud.cn'],
    ['eu-west-101', 'https://smn.eu-west-101.myhuaweicloud.eu'],
  ])('has the domain of its region: %s', (region, address) => {
    expect(addressOf('smn', region)).toBe(address);
  });
});
