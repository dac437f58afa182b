import { describe, expect, test } from 'vitest';
import type { EventData, MigrationEvent } from '../../../lib/events/event.ts';
import type { HttpClient } from '../../../lib/http/client.ts';
import { LANGUAGE_NAMES } from '../../../lib/language/index.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { STORIES } from '../../support/stories.ts';
import { answering, CHANGE, channelAt, eventOf, NOW, TASK } from '../support.ts';
import { assertGoodCard, type Card, cardIn, complaintsAbout } from './card-check.ts';

const HOST = 'https://default0.00.environment.api.powerplatform.com:443';
const URL_OF_WORKFLOW = `${HOST}/powerautomate/automations/direct/workflows/0/triggers/manual/paths/invoke?api-version=1&sp=x&sv=1.0&sig=signature`;
const FAILED: EventData = {
  ...CHANGE,
  severity: 'failure',
  summary: 'migration1: migration failed',
  to: { status: 'MIGRATION_FAILED', phase: 'failed', since: '2026-01-05T02:12:00.000Z' },
  detail: 'The source refused the password.',
};
const DETAIL = 'The source refused the password.';

async function bodiesOf(
  events: readonly MigrationEvent[],
  settings: Readonly<Record<string, unknown>> = {},
  statuses: readonly number[] = [202],
): Promise<string[]> {
  const bodies: string[] = [];
  const http: HttpClient = {
    ...answering({}),
    request: async ({ body = '' }) => {
      bodies.push(body);
      const status = statuses[bodies.length - 1] ?? 202;
      return { status, headers: {}, body: '', truncated: false, ms: 3 };
    },
  };
  await (await channelAt(URL_OF_WORKFLOW, { type: 'teams', ...settings }, http)).send({ events, now: NOW });
  return bodies;
}

async function cardOf(data: EventData, settings: Readonly<Record<string, unknown>> = {}): Promise<Card> {
  const [body = ''] = await bodiesOf([eventOf(data)], settings);
  return cardIn(body);
}

function text(words: string, look: Readonly<Record<string, unknown>> = {}) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: words, ...look }] };
}

function fact(label: string, value: string) {
  return {
    type: 'ColumnSet',
    spacing: 'Small',
    columns: [
      { type: 'Column', width: 1, items: [text(label, { isSubtle: true })] },
      { type: 'Column', width: 3, items: [text(value)] },
    ],
  };
}

describe('a card for Teams', () => {
  test('has a coloured headline, labels beside values, what is known, a button and the ids', async () => {
    expect(await cardOf(FAILED)).toEqual({
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        {
          type: 'Container',
          style: 'attention',
          bleed: true,
          items: [text('❌ FAILED · migration1: migration failed', { weight: 'Bolder', size: 'Medium' })],
        },
        fact('Status', 'FULLMIGRATING (full) → MIGRATION_FAILED (failed)'),
        fact('Source → target', 'dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)'),
        fact('Project', 'prod (cn-north-4)'),
        fact('Previous phase', 'full, for 2 h 2 min'),
        { ...text(DETAIL), spacing: 'Small' },
        {
          ...text(`task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`, { isSubtle: true, size: 'Small' }),
          spacing: 'Medium',
        },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'Console', url: CHANGE.consoleUrl }],
      msteams: { width: 'Full' },
    });
  });

  test.each(LANGUAGE_NAMES.flatMap((language) => Object.keys(STORIES).map((story) => [language, story])))(
    'is one that Teams can read for all events, in %s, of %s',
    async (language, story) => {
      const chapters = STORIES[story] ?? [];
      expect(chapters.length).toBeGreaterThan(0);
      for (const events of [...chapters, chapters.flat()]) {
        const [body = ''] = await bodiesOf(events, { language, mention: 'oncall@example.com' });
        assertGoodCard(body);
      }
    },
  );

  test('names a hundred tasks, or as many as have room, and counts the rest', async () => {
    const events = Array.from({ length: 200 }, (_, n) => {
      const task = { ...TASK, id: `${n}`, name: `订单缓存-${n}` };
      return { ...eventOf({ ...CHANGE, task, summary: `订单缓存-${n}: moved on` }), subject: `${n}` };
    });
    const [body = ''] = await bodiesOf(events);
    assertGoodCard(body);
    expect(body.match(/: moved on/g)?.length).toBeGreaterThan(60);
    expect(body).toMatch(/\d+ more/);
    expect(body).toContain('2026-01-05 02:12 UTC');
  });

  test('is sent once more as lines of text, small and without a button, where Teams refuses it', async () => {
    const detail = 'x'.repeat(900);
    const sent = await bodiesOf([eventOf({ ...FAILED, detail })], { mention: 'oncall@example.com' }, [413]);
    expect(sent).toHaveLength(2);
    const plain = cardIn(sent[1] ?? '');
    expect(new Set(plain.body.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']));
    expect(plain).not.toHaveProperty('actions');
    expect(plain.msteams).toEqual({ width: 'Full' });
    expect(JSON.stringify(plain)).toContain('Previous phase: full, for 2 h 2 min');
  });
});

describe('a mention in Teams', () => {
  const object = '8ba7a6e1-0f0a-4f8e-9b57-2d3f8f3c1a11';

  test('has its text in the card and its user beside it, and only for what asks for it', async () => {
    const settings = { mention: ['oncall@example.com', object] };
    const failed = await cardOf(FAILED, settings);
    expect(failed.body[1]).toEqual({
      type: 'TextBlock',
      text: `<at>oncall</at> <at>${object}</at>`,
      wrap: true,
    });
    expect(failed.msteams.entities).toEqual([
      {
        type: 'mention',
        text: '<at>oncall</at>',
        mentioned: { id: 'oncall@example.com', name: 'oncall' },
      },
      { type: 'mention', text: `<at>${object}</at>`, mentioned: { id: object, name: object } },
    ]);
    const changed = await cardOf(CHANGE, settings);
    expect(changed.msteams).toEqual({ width: 'Full' });
    expect(JSON.stringify(changed)).not.toContain('<at>');
  });

  test('distinguishes users of one name in two organisations', async () => {
    const mention = ['a@one.example', 'a@two.example', 'a@one.example'];
    const { msteams } = await cardOf(FAILED, { mention });
    expect(msteams.entities?.map(({ text: words }) => words)).toEqual([
      '<at>a@one.example</at>',
      '<at>a@two.example</at>',
    ]);
  });

  test('is never made of a name', async () => {
    const name = '<at>oncall</at> [x](https://evil.example)';
    const card = await cardOf({ ...FAILED, summary: `${name}: failed`, task: { ...TASK, name } });
    expect(card.body.map(({ type }) => type)).not.toContain('TextBlock');
    expect(card.msteams).not.toHaveProperty('entities');
  });

  test.each(['@oncall', '<at>x</at>', 'oncall@', '', [], 7])('of %j is refused with a hint', (mention) => {
    const { error } = channelSchema.safeParse({ type: 'teams', url: URL_OF_WORKFLOW, mention });
    expect(error?.issues[0]?.path[0]).toBe('mention');
    if (!Array.isArray(mention)) expect(error?.issues[0]?.message).toMatch(/sign-in name/);
  });
});

describe('the URL of Teams', () => {
  const problemsOf = (url: string) =>
    channelSchema.safeParse({ type: 'teams', url }).error?.issues.map(({ message }) => message) ?? [];

  test.each([
    URL_OF_WORKFLOW,
    'https://prod-07.westus.logic.azure.com/workflows/0?sig=s',
    'https://relay.example/x',
  ])('may be %s', (url) => {
    expect(problemsOf(url)).toEqual([]);
  });

  test.each([
    'https://contoso.webhook.office.com/webhookb2/canary',
    'https://outlook.office.com/webhook/canary',
  ])('of a connector is refused, for Microsoft has retired them: %s', (url) => {
    const [problem = ''] = problemsOf(url);
    expect(problem).toMatch(/retired.*make a workflow/);
    expect(problem).not.toContain('canary');
  });

  test('of a workflow that wants a sign-in is refused, with what to change', () => {
    expect(problemsOf(`${HOST}/powerautomate/automations/direct/workflows/0`)).toEqual([
      expect.stringMatching(/signed-in users.*let anyone trigger/),
    ]);
  });

  test('is refused together with all that is wrong beside it', () => {
    const { error } = channelSchema.safeParse({
      type: 'teams',
      url: 'https://contoso.webhook.office.com/webhookb2/x',
      mention: '@oncall',
    });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['mention', 'url']);
  });
});

describe('an answer to Teams', () => {
  test('that is a page is a proxy’s: not delivered, and not sent again', async () => {
    const http = answering({ status: 200, body: '<!doctype html><title>Sign in</title>' });
    const channel = await channelAt(URL_OF_WORKFLOW, { type: 'teams' }, http);
    expect(await channel.send({ events: [eventOf()], now: NOW })).toMatchObject({
      class: 'permanent',
      notHere: true,
    });
  });
});

describe('the check of cards', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
    ['an element that is not known', { body: [{ type: 'Nope' }] }],
    ['a colour that is none', { body: [{ type: 'Container', style: 'crimson', items: [] }] }],
    ['a button without an address', { actions: [{ type: 'Action.OpenUrl', title: 'x' }] }],
    ['an empty text', { body: [text('')] }],
  ];
  test.each(wrong)('finds %s', (_what, part) => {
    const content = { type: 'AdaptiveCard', version: '1.4', body: [], ...part };
    const body = JSON.stringify({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
    });
    expect(() => assertGoodCard(body)).toThrow();
    if ('actions' in part || JSON.stringify(part).includes('Nope')) {
      expect(complaintsAbout(content)).not.toEqual([]);
    }
  });
});
