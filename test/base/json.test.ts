import { describe, expect, it } from 'vitest';
import { isObject, parseJson } from '../../lib/base/json.ts';

describe('foreign text as JSON', () => {
  it('is undefined where it is no JSON, without an error that quotes it', () => {
    expect(parseJson('{"password": s3cret')).toBeUndefined();
    expect(parseJson('')).toBeUndefined();
  });

  it('is null where it says null', () => {
    expect(parseJson('null')).toBeNull();
  });

  it.each([
    [{}, true],
    [[], false],
    [null, false],
    ['{}', false],
  ])('%j counts as an object: %s', (value, expected) => {
    expect(isObject(value)).toBe(expected);
  });
});
