import { describe, expect, it } from 'vitest';
import { exchangeProblem, keyProblem, lengthWarning } from '../../lib/huawei/key-form.ts';

const AK = 'A'.repeat(20);
const SK = 's'.repeat(40);

describe('the form of an access key', () => {
  it('is good where both halves are printable and plain', () => {
    expect(keyProblem({ accessKey: AK, secretKey: SK })).toBeUndefined();
    expect(keyProblem({ accessKey: 'canary', secretKey: 'short/+=' })).toBeUndefined();
  });

  it.each([
    [`"${AK}"`, SK, 'accessKey has quotes'],
    [`'${AK}`, SK, 'accessKey has quotes'],
    [AK, `${SK}"`, 'secretKey has quotes'],
    [AK, `${SK} `, 'secretKey has a blank or'],
    [`${AK}\n`, SK, 'accessKey has a blank or'],
    [AK, `${SK}\u200b`, 'secretKey has a blank or'],
    [AK, AK, 'are the same'],
    [SK, AK, 'are they swapped?'],
  ])('is wrong in %j and %j', (accessKey, secretKey, words) => {
    expect(keyProblem({ accessKey, secretKey })).toContain(words);
    expect(keyProblem({ accessKey, secretKey })).not.toContain(AK);
  });

  it('is not said to be swapped where only one half has the other length', () => {
    expect(exchangeProblem({ accessKey: SK, secretKey: `${SK}x` })).toBeUndefined();
    expect(exchangeProblem({ accessKey: 'x', secretKey: AK })).toBeUndefined();
    expect(exchangeProblem({ accessKey: '', secretKey: '' })).toBeUndefined();
  });

  it('causes a warning where a half has another length than those of Huawei Cloud', () => {
    expect(lengthWarning({ accessKey: AK, secretKey: SK })).toBeUndefined();
    expect(lengthWarning({ accessKey: AK.slice(1), secretKey: SK })).toBe(
      'accessKey has 19 characters, keys of Huawei Cloud have 20',
    );
    expect(lengthWarning({ accessKey: AK, secretKey: SK.slice(1) })).toContain('secretKey has 39');
  });
});
