import { describe, expect, it } from 'vitest';
import { type Explanation, explained, phrase, type Separators } from '../../lib/base/explanation.ts';

const SENTENCES = {
  closed: 'closed',
  by: 'closed by {0} of {1}',
  late: 'late',
  check: 'check {0}',
  wait: 'wait',
};
const SEPARATORS: Separators = {
  colon: ': ',
  semicolon: '; ',
  bracketed: (text) => ` (${text})`,
  through: (proxy) => ` via ${proxy}`,
};

const said = (why: Explanation) => explained(why, SENTENCES, SEPARATORS);

describe('an explanation in words', () => {
  it.each<[string, Explanation, string]>([
    ['names the place first', { at: 'h:1', what: [phrase('closed')] }, 'h:1: closed'],
    ['fills in the values', { what: [phrase('by', 'A', 'B')] }, 'closed by A of B'],
    ['says the cause behind the fault', { what: [phrase('closed'), phrase('late')] }, 'closed: late'],
    [
      'names the way and the system word, and ends with what to do',
      {
        at: 'h',
        what: [phrase('closed')],
        word: 'EPIPE',
        proxy: 'p',
        advice: [phrase('check', 'x'), phrase('wait')],
      },
      'h: closed (EPIPE) via p; check x; wait',
    ],
    ['explains a status in brackets', { status: 'HTTP 404', what: [phrase('late')] }, 'HTTP 404 (late)'],
    ['leaves a status alone that has no explanation', { status: 'HTTP 500' }, 'HTTP 500'],
    [
      'puts advice behind a status',
      { status: 'HTTP 415', what: [phrase('late')], advice: [phrase('wait')] },
      'HTTP 415 (late); wait',
    ],
    ['keeps signs of a value as they are', { what: [phrase('by', '$&', '{0}')] }, 'closed by $& of {0}'],
  ])('%s', (_name, why, words) => {
    expect(said(why)).toBe(words);
  });

  it.each<[string, Explanation]>([
    ['in the fault', { what: [phrase('of a newer version')] }],
    ['in the advice', { what: [phrase('closed')], advice: [phrase('of a newer version')] }],
    ['with the name of a method', { what: [phrase('toString')] }],
  ])('is none where a code is not known %s', (_name, why) => {
    expect(said(why)).toBeUndefined();
  });
});
