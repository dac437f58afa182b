import { describe, expect, it } from 'vitest';
import { type Explanation, phrase } from '../../lib/base/explanation.ts';
import { FAULTS } from '../../lib/http/faults.ts';
import { FLAWS } from '../../lib/language/en/explanations/flaws.ts';
import { HINTS } from '../../lib/language/en/explanations/hints.ts';
import { en } from '../../lib/language/en.ts';
import { LANGUAGE_NAMES, languageOf } from '../../lib/language/index.ts';

const zh = await languageOf({ language: 'zh', timeZone: 'Asia/Shanghai' });

const CODES = [FAULTS, HINTS, FLAWS].flatMap(Object.keys);
const VALUES = ['«a»', '«b»'];
const only = (code: string): Explanation => ({ what: [phrase(code, ...VALUES)] });

/** Words of a protocol, of a setting, of a vendor: Latin letters that a sentence keeps in every language. */
const latinIn = (text: string) => new Set(text.toLowerCase().match(/[a-z][\w.:/@-]*/g));

/** Between Chinese and a half-width sign, or without a blank between Chinese and Latin letters. */
const HALF_WIDTH = /\p{sc=Han}\s*[,;:!?()"]|[,;!?()"]\s*\p{sc=Han}|\p{sc=Han}\s*\.(?!\d)/u;
const CRAMPED = /\p{sc=Han}[A-Za-z\d]|[A-Za-z\d]\p{sc=Han}/u;
/** Short for what the English sentence says in words. */
const SHORT = ['ip', 'ca', 'ak/sk', 'id'];

describe.each(LANGUAGE_NAMES)('reasons in %s', (name) => {
  it.each(CODES)('have a sentence that says each value: %s', async (code) => {
    const { prose } = await languageOf({ language: name, timeZone: 'UTC' });
    const english = en.prose.explanation(only(code)) ?? '';
    const words = prose.explanation(only(code)) ?? '';
    expect(words).not.toBe('');
    expect(words.match(/«\w»/g)?.toSorted()).toEqual(english.match(/«\w»/g)?.toSorted());
    expect(words).not.toMatch(/[{}]/);
  });

  it('are none where a newer version stored a code that is not known here', async () => {
    const { prose } = await languageOf({ language: name, timeZone: 'UTC' });
    expect(prose.explanation({ at: 'h', what: [phrase('of a newer version')] })).toBeUndefined();
    expect(prose.explanation({ at: 'h', what: [phrase('toString')] })).toBeUndefined();
  });
});

describe('a reason in Chinese', () => {
  it.each(CODES)('is Chinese, with the names and signs of its own: %s', (code) => {
    const words = zh.prose.explanation(only(code)) ?? '';
    expect(words).toMatch(/\p{sc=Han}/u);
    expect(words).not.toMatch(HALF_WIDTH);
    expect(words).not.toMatch(CRAMPED);
    const known = latinIn(en.prose.explanation(only(code)) ?? '');
    expect([...latinIn(words)].filter((word) => !known.has(word) && !SHORT.includes(word))).toEqual([]);
  });

  it('has the parts of the English one, in its order', () => {
    const explanation: Explanation = {
      at: 'hooks.example',
      what: [phrase('connection_refused')],
      word: 'ECONNREFUSED',
      proxy: 'proxy.example:3128',
      advice: [phrase('check_address')],
    };
    expect(en.prose.explanation(explanation)).toBe(
      'hooks.example: connection refused (ECONNREFUSED), through the proxy proxy.example:3128; check the address and port',
    );
    expect(zh.prose.explanation(explanation)).toBe(
      'hooks.example：连接被拒绝（ECONNREFUSED），经由代理 proxy.example:3128；请检查地址和端口',
    );
  });
});
