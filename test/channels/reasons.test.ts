import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../lib/channels/channel.ts';
import { en } from '../../lib/language/en.ts';
import { languageOf } from '../../lib/language/index.ts';
import { answersOf, HTTP_TYPES, sampleOf } from './samples.ts';
import { answering, channelAt, eventOf, NOW } from './support.ts';

type Answer = ReturnType<typeof answersOf>[number];

async function outcomeOf(type: string, { status, headers, body }: Answer): Promise<Outcome> {
  const { settings, place, data } = sampleOf(type);
  const http = answering({ status, headers, body });
  const channel = await channelAt('https://receiver.example/x', { type, ...settings }, http, place);
  return channel.send({ events: [eventOf(data)], now: NOW });
}

/** `200 {"errcode":93000} → broken: WeCom 93000: there is no such robot; copy its URL again` */
async function linesOf(type: string): Promise<string[]> {
  return Promise.all(
    answersOf(type).map(async (answer) => {
      const outcome = await outcomeOf(type, answer);
      return `${answer.status} ${answer.body} → ${outcome.class}: ${outcome.reason}`;
    }),
  );
}

const zh = await languageOf({ language: 'zh', timeZone: 'Asia/Shanghai' });
/** What a reason of names alone has none of: `Teams HTTP 202`, `HTTP 400 invalid_blocks`. */
const SIGNS = /[:;(]/;

const types = HTTP_TYPES.filter((type) => answersOf(type).length > 0);

describe('the reason of an outcome', () => {
  it.each(types)('says what is wrong and what to do, for every documented answer of %s', async (type) => {
    const lines = [...new Set(await linesOf(type))];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${type}/reasons.txt`);
  });

  it.each(types)('has codes that say the same in English, and all of it in Chinese: %s', async (type) => {
    for (const answer of answersOf(type)) {
      const { reason, explanation } = await outcomeOf(type, answer);
      if (explanation === undefined) expect(reason).not.toMatch(SIGNS);
      else {
        expect(en.prose.explanation(explanation)).toBe(reason);
        expect(zh.prose.explanation(explanation)).toMatch(/\p{sc=Han}/u);
      }
    }
  });
});
