import { describe, expect, it } from 'vitest';
import { LANGUAGE_NAMES, type Locale } from '../../../lib/language/index.ts';
import { createChannels } from '../../../lib/runtime/channels.ts';
import { load, MINIMAL, problemsOf } from '../../config/support.ts';
import { ALL_TYPES } from '../../support/channel-types.ts';
import { eventOf, NOW, TASK_FAILING } from '../support.ts';

const SUMMARY = 'still cannot be watched: looks have been failing since 2026-01-05 01:02 UTC (not found)';
const FAILING = eventOf(
  {
    ...TASK_FAILING,
    since: '2026-01-05T01:02:00.000Z',
    reminders: 0,
    summary: `${TASK_FAILING.task?.name}: ${SUMMARY}`,
  },
  'dcs.watch.failing',
);

/** The bodies that each channel of a configuration posts about an event. */
async function posted(file: object): Promise<Map<string, string>> {
  const bodies: string[] = [];
  const http = {
    request: async ({ body = '' }: { readonly body?: string | undefined }) => {
      bodies.push(body);
      return { status: 200, headers: {}, body: 'ok', truncated: false, ms: 1 };
    },
    close: async () => undefined,
  };
  const channels = await createChannels(await load(file), http);
  for (const channel of channels.values()) await channel.send({ events: [FAILING], now: NOW });
  return new Map([...channels.keys()].map((name, place) => [name, bodies[place] ?? '']));
}

const OPS = MINIMAL.channels.ops;
const withChannel = (settings: object) => ({ ...MINIMAL, channels: { ops: { ...OPS, ...settings } } });
const WEBHOOK = {
  type: 'webhook',
  url: 'https://ci.example.com/x',
  secret: `whsec_${Buffer.from('a'.repeat(32)).toString('base64')}`,
};

describe('the time zone of a chat', () => {
  it('is UTC by default', async () => {
    const ops = (await posted(MINIMAL)).get('ops');
    expect(ops).toContain('2026-01-05 02:12 UTC');
    expect(ops).not.toContain('UTC+');
  });

  it('is that of the settings, unless it has its own', async () => {
    const file = {
      ...MINIMAL,
      channels: { ops: OPS, berlin: { ...OPS, timeZone: 'Europe/Berlin' } },
      settings: { timeZone: 'Asia/Shanghai' },
    };
    const bodies = await posted(file);
    expect(bodies.get('ops')).toContain('2026-01-05 10:12 UTC+8');
    expect(bodies.get('berlin')).toContain('2026-01-05 03:12 UTC+1');
  });

  it('changes nothing that programs get', async () => {
    const file = (timeZone: string) => ({ ...MINIMAL, channels: { ci: WEBHOOK }, settings: { timeZone } });
    const [shanghai, utc] = [await posted(file('Asia/Shanghai')), await posted(file('UTC'))];
    expect(shanghai.get('ci')).toBe(utc.get('ci'));
    expect(utc.get('ci')).toContain('"time":"2026-01-05T02:12:00.000Z"');
  });

  it.each([
    ['Asia/Shangai', 'did you mean Asia/Shanghai? '],
    ['Asia/Beijing', 'did you mean Asia/Shanghai? '],
    ['Berlin time', ''],
    [8, ''],
  ])('is refused when there is none of the name %j', async (timeZone, hint) => {
    const problem = `${hint}expected an IANA time zone such as UTC, Asia/Shanghai or Europe/Berlin`;
    expect(await problemsOf(withChannel({ timeZone }))).toStrictEqual([`channels.ops.timeZone: ${problem}`]);
    expect(await problemsOf({ ...MINIMAL, settings: { timeZone } })).toStrictEqual([
      `settings.timeZone: ${problem}`,
    ]);
  });
});

describe('the language of a chat', () => {
  it('is one that is known', async () => {
    expect((await load(withChannel({ language: 'en' }))).settings.language).toBe('en');
    for (const language of ['xx', 1]) {
      const problem = `expected the name of a language (known: ${LANGUAGE_NAMES.join(', ')})`;
      expect(await problemsOf(withChannel({ language }))).toStrictEqual([
        `channels.ops.language: ${problem}`,
      ]);
      expect(await problemsOf({ ...MINIMAL, settings: { language } })).toStrictEqual([
        `settings.language: ${problem}`,
      ]);
    }
  });

  it('is that of the settings, unless it has its own', async () => {
    const file = {
      ...MINIMAL,
      channels: { ops: OPS, world: { ...OPS, language: 'en' }, ci: WEBHOOK },
      settings: { language: 'zh', timeZone: 'Asia/Shanghai' },
    };
    const bodies = await posted(file);
    expect(bodies.get('ops')).toContain('仍无法监控，自 2026-01-05 09:02 UTC+8 起检查一直失败');
    expect(bodies.get('world')).toContain(
      'still cannot be watched: looks have been failing since 2026-01-05 09:02 UTC+8',
    );
    expect(bodies.get('ci')).toContain('still cannot be watched');
    expect(bodies.get('ci')).not.toMatch(/\p{sc=Han}/u);
  });

  it('is no setting of a channel for programs', async () => {
    const problems = await problemsOf({ ...MINIMAL, channels: { ci: { ...WEBHOOK, language: 'en' } } });
    expect(problems).toStrictEqual([expect.stringMatching(/^channels\.ci\.language: /)]);
  });
});

describe('every type of chat', () => {
  const locale: Locale = { language: 'en', timeZone: 'Asia/Shanghai' };
  const chats = [...ALL_TYPES].filter(([, { audience }]) => audience === 'people');

  it.each(chats)('takes both settings: %s', (_name, { schema }) => {
    const { error } = schema.safeParse({ type: _name, url: 'https://x.example.com', ...locale });
    const problems = error?.issues.map(({ path }) => path[0]) ?? [];
    expect(problems).not.toContain('language');
    expect(problems).not.toContain('timeZone');
  });
});
