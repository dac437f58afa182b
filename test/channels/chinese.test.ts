import { describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../lib/events/event.ts';
import { ALL_TYPES } from '../support/channel-types.ts';
import { STORIES } from '../support/stories.ts';
import { FORMS, sampleOf } from './samples.ts';
import { answering, channelAt } from './support.ts';

const CHAPTERS = Object.values(STORIES).flat();
/** What one look detected, and whole stories as digests. */
const SENDINGS: readonly (readonly MigrationEvent[])[] = [
  ...CHAPTERS,
  ...Object.values(STORIES).map((chapters) => chapters.flat()),
];
function isChat(form: string): boolean {
  const { type = form } = sampleOf(form).settings;
  return ALL_TYPES.get(String(type))?.audience === 'people';
}

const chats = FORMS.flatMap((form) => {
  const { assertGood } = sampleOf(form);
  return assertGood === undefined || !isChat(form) ? [] : [[form, assertGood] as const];
});

describe('a chat in Chinese', () => {
  it.each(chats)('gets messages that its vendor takes: %s', async (form, assertGood) => {
    const { settings, place, taken } = sampleOf(form);
    const bodies: string[] = [];
    const http = {
      ...answering({}),
      request: async ({ body = '' }: { readonly body?: string | undefined }) => {
        bodies.push(body);
        return { status: 200, headers: {}, body: taken, truncated: false, ms: 1 };
      },
    };
    const chinese = { type: form, ...settings, language: 'zh', timeZone: 'Asia/Shanghai' };
    const channel = await channelAt('https://receiver.example/x', chinese, http, place);
    for (const events of SENDINGS) await channel.send({ events, now: new Date(events[0]?.time ?? 0) });
    expect(bodies.length).toBeGreaterThanOrEqual(SENDINGS.length);
    for (const body of bodies) {
      assertGood(body);
      expect(body).toMatch(/\p{sc=Han}/u);
    }
  });
});
