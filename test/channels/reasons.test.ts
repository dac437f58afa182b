import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../lib/channels/channel.ts';
import { en } from '../../lib/language/en.ts';
import { languageOf } from '../../lib/language/index.ts';
import { answersOf, HTTP_TYPES, sampleOf } from './samples.ts';
import { channelAt, eventOf, NOW, recording } from './support.ts';

type Answer = ReturnType<typeof answersOf>[number];

interface Classified {
  readonly outcome: Outcome;
  /** Made at once: a second one where the vendor refused the form of the first. */
  readonly requests: number;
}

async function classified(type: string, { status, headers, body }: Answer): Promise<Classified> {
  const { settings, place, data } = sampleOf(type);
  const { http, sent } = recording([body, body], { status, headers });
  const channel = await channelAt('https://receiver.example/x', { type, ...settings }, http, place);
  const outcome = await channel.send({ events: [eventOf(data)], now: NOW });
  return { outcome, requests: sent.length };
}

/** `200 {"errcode":45009} → pause for 60 s: WeCom 45009: more than 20 messages a minute` */
async function linesOf(type: string): Promise<string[]> {
  return Promise.all(
    answersOf(type).map(async (answer) => {
      const { outcome, requests } = await classified(type, answer);
      const { retryAfterMs: pauseMs } = outcome;
      const rest = pauseMs === undefined ? '' : ` for ${pauseMs / 1000} s`;
      const again = requests === 1 ? '' : ` after ${requests} requests`;
      return `${answer.status} ${answer.body} → ${outcome.class}${again}${rest}: ${outcome.reason}`;
    }),
  );
}

const zh = await languageOf({ language: 'zh', timeZone: 'Asia/Shanghai' });
/** What a reason of names alone has none of: `Teams HTTP 202`, `HTTP 400 invalid_blocks`. */
const SIGNS = /[:;(]/;

const types = HTTP_TYPES.filter((type) => answersOf(type).length > 0);

describe('the reason of an outcome', () => {
  it.each(types)(
    'says what is wrong, what to do and when, for every documented answer of %s',
    async (type) => {
      const lines = [...new Set(await linesOf(type))];
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${type}/reasons.txt`);
    },
  );

  it.each(types)('has codes that say the same in English, and all of it in Chinese: %s', async (type) => {
    for (const answer of answersOf(type)) {
      const { reason, explanation } = (await classified(type, answer)).outcome;
      if (explanation === undefined) expect(reason).not.toMatch(SIGNS);
      else {
        expect(en.prose.explanation(explanation)).toBe(reason);
        expect(zh.prose.explanation(explanation)).toMatch(/\p{sc=Han}/u);
      }
    }
  });
});
