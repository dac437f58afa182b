import { describe, expect, it } from 'vitest';
import { answersOf, HTTP_TYPES, sampleOf } from './samples.ts';
import { answering, channelAt, eventOf, NOW } from './support.ts';

/** `200 {"errcode":93000} → broken: WeCom 93000: there is no such robot; copy its URL again` */
async function linesOf(type: string): Promise<string[]> {
  const { settings, place, data } = sampleOf(type);
  return Promise.all(
    answersOf(type).map(async ({ status, headers, body }) => {
      const http = answering({ status, headers, body });
      const channel = await channelAt('https://receiver.example/x', { type, ...settings }, http, place);
      const outcome = await channel.send({ events: [eventOf(data)], now: NOW });
      return `${status} ${body} → ${outcome.class}: ${outcome.reason}`;
    }),
  );
}

const types = HTTP_TYPES.filter((type) => answersOf(type).length > 0);

describe('the reason of an outcome', () => {
  it.each(types)('says what is wrong and what to do, for every documented answer of %s', async (type) => {
    const lines = [...new Set(await linesOf(type))];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${type}/reasons.txt`);
  });
});
