import { describe, expect, it } from 'vitest';
import { askedIn } from '../../../lib/huawei/functiongraph/timer-event.ts';

const timer = (user_event: unknown) => ({ version: 'v1.0', trigger_type: 'TIMER', user_event });

describe('an event of the timer', () => {
  it('asks for what its trigger says in JSON', () => {
    expect(askedIn(timer('{"project":"prod"}'))).toEqual({ project: 'prod' });
  });

  it.each([
    ['a word', 'tick'],
    ['a number', '5'],
    ['null', 'null'],
    ['a list', '[]'],
    ['nothing', undefined],
  ])('asks for nothing else where its trigger says %s', (_what, text) => {
    expect(askedIn(timer(text))).toEqual(timer(text));
  });

  it('is what it is where it comes from somebody else', () => {
    expect(askedIn({ project: 'prod' })).toEqual({ project: 'prod' });
    expect(askedIn(undefined)).toBeUndefined();
    expect(askedIn('prod')).toBe('prod');
  });
});
