import { describe, expect, it } from 'vitest';
import { createVariables } from '../../../lib/huawei/functiongraph/variables.ts';

const given = (variables: Readonly<Record<string, unknown>>) => ({
  getUserData: (name: string) => variables[name],
});

describe('the variables of a function', () => {
  it('are those of the process before there is a context', () => {
    const { env } = createVariables({ TZ: 'UTC' });
    expect(env['TZ']).toBe('UTC');
    expect(env['MISSING']).toBeUndefined();
  });

  it('are those of the newest context, before those of the process', () => {
    const { env, follow } = createVariables({ NAME: 'process', OTHER: 'process' });
    follow(given({ NAME: 'first' }));
    expect([env['NAME'], env['OTHER']]).toEqual(['first', 'process']);
    follow(given({ NAME: 'second' }));
    expect(env['NAME']).toBe('second');
    follow({});
    expect(env['NAME']).toBe('process');
  });

  it.each([
    ['an empty text', ''],
    ['null', null],
    ['a number', 5],
  ])('are not set where the context has %s', (_what, value) => {
    const { env, follow } = createVariables({});
    follow(given({ NAME: value }));
    expect(env['NAME']).toBeUndefined();
    expect(Object.hasOwn(env, 'NAME')).toBe(false);
    expect('NAME' in env).toBe(false);
  });

  it('are found as own properties, and listed once they were asked for', () => {
    const { env, follow } = createVariables({ TZ: 'UTC' });
    follow(given({ NAME: 'value' }));
    expect(Object.keys(env)).toEqual(['TZ']);
    expect(Object.hasOwn(env, 'NAME')).toBe(true);
    expect('NAME' in env).toBe(true);
    expect({ ...env }).toEqual({ TZ: 'UTC', NAME: 'value' });
    expect(Object.hasOwn(env, 'constructor')).toBe(false);
    expect(env['constructor']).toBeUndefined();
  });

  it('cannot be written', () => {
    const { env } = createVariables({});
    expect(Reflect.set(env, 'NAME', 'value')).toBe(false);
    expect(env['NAME']).toBeUndefined();
  });
});
