import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGE_POLICY } from '../../lib/page/policy.ts';
import { statusPage } from '../../lib/page/status-page.ts';
import type { BrokenStatus } from '../../lib/status/status.ts';
import { AT, before, status, TEN, THOUSAND, task } from './samples.ts';
import { HOSTILE, textOf, withTexts } from './support.ts';

const EN = { language: 'en', timeZone: 'Asia/Shanghai' } as const;
const ZH = { language: 'zh', timeZone: 'Asia/Shanghai' } as const;
/** Names, and sentences that others wrote. */
const FOREIGN = /\.(name|region|summary|words|reason|why|source|target|id|problems)$/;
const NOTHING = { groups: [], projects: [], channels: [], mutes: [] };

describe('the page of all tasks', () => {
  it('shows what needs somebody first', async () => {
    const text = textOf(await statusPage(status(), EN));
    const names = [
      'feature-flags',
      'profile-pictures',
      'search-suggestions',
      'orders-cache',
      'catalogue-cache',
      'geo-index',
    ];
    const places = names.map((name) => text.indexOf(`\n${name}\n`));
    expect(places).toStrictEqual(places.toSorted((a, b) => a - b));
  });

  it('says when it was made, when the last tick was, and in which zone', async () => {
    const text = textOf(await statusPage(status(), EN));
    expect(text).toContain('as of 2026-01-06 22:30 · all times in UTC+8');
    expect(text).toContain('Last tick 22:29 (30 s earlier) · 10 tasks in 2 s, 1 look failed');
  });

  it('shows phase, progress, time left, lag, key counts, readiness and pending deliveries', async () => {
    const page = await statusPage(status(), EN);
    for (const words of [
      'full synchronisation',
      '64.2 %',
      'about 1 h 36 min left',
      '340 MB',
      'source 2,004,210, target 2,004,188 (0.01 %)',
      'the lag (offset) is 340 MB (limit 1 MB)',
      'Stalled since 21:35',
      '2 pending, 1 dead letter',
      'muted until 01-07 00:00',
    ]) {
      expect(textOf(page)).toContain(words);
    }
    expect(page).toContain(
      '<progress max="100" value="64.2" aria-label="Progress of \u2068catalogue-cache\u2069">',
    );
    expect(page).toContain('aria-label="Lag from 2026-01-06 11:55 UTC+8 to 2026-01-06 22:30 UTC+8:');
  });

  it('says in Chinese why a channel is broken, and leaves what an older version stored as it is', async () => {
    const { channels } = status(TEN);
    const explanation = { status: 'HTTP 410', what: [{ code: 'receiver_gone' }] };
    const reason = 'HTTP 410 (the receiver is gone for good; remove the channel, or change its URL)';
    const broken = { since: before(47), nextTryAt: before(-13), reason };
    const pageWith = (one: BrokenStatus) =>
      statusPage(
        status(TEN, { channels: channels.slice(0, 1).map((channel) => ({ ...channel, broken: one })) }),
        ZH,
      );
    const page = await pageWith({ ...broken, explanation });
    expect(page).toContain('HTTP 410（接收端已永久下线；请删除此通知渠道或更改其 URL）');
    expect(page).not.toContain('gone for good');
    expect(await pageWith(broken)).toContain(`<span lang="en"><bdi>${reason}</bdi></span>`);
  });

  it('names what is broken: blind projects, broken channels, dead letters, unread state, and an old tick', async () => {
    const page = await statusPage(
      status(TEN, {
        problems: ['x'],
        lastTick: { at: before(40), tasks: 1, failedLooks: 0, ms: 1, isOld: true },
      }),
      EN,
    );
    const [, alerts = ''] = /<section class="alerts"(.*?)<\/section>/s.exec(page) ?? [];
    const text = textOf(
      `<p${alerts.slice(alerts.indexOf('>')) && ''}>${alerts.slice(alerts.indexOf('>') + 1)}`,
    );
    for (const words of [
      'staging',
      'unreachable',
      'cutover',
      'HTTP 410',
      '1 delivery was given up',
      'The last tick was 40 min',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('shows no problems where there are none', async () => {
    const page = await statusPage(status([task('a')], NOTHING), EN);
    expect(page).not.toContain('class="alerts"');
    expect(page).not.toContain('href="#failed"');
    expect(page).toContain('%231a7f37');
  });

  it('says that nothing is known where nothing is', async () => {
    const { lastTick: _lastTick, ...empty } = status([], NOTHING);
    const text = textOf(await statusPage(empty, EN));
    expect(text).toContain('No task is known yet.');
    expect(text).toContain('No tick is stored yet');
  });

  it('is Chinese for those who read Chinese, and marks what was stored in English', async () => {
    const page = await statusPage(status(), ZH);
    expect(page).toContain('<html lang="zh-CN">');
    expect(page).toContain('<span lang="en"><bdi>full → incremental</bdi></span>');
    const foreign =
      /<(span lang="en"|bdi|code)[^>]*>.*?<\/(span|bdi|code)>|\u2068[^\u2069]*\u2069|ListMigrationTaskLogs/g;
    const own = textOf(page.replaceAll(foreign, ''));
    expect(own.match(/[A-Za-z]{4,}/g)).toStrictEqual(['migration', 'watch']);
  });

  it('shows the first sixty of a thousand tasks as cards, and the others as rows, the gravest first', async () => {
    const page = await statusPage(status(THOUSAND), EN);
    expect(page.match(/class="box card /g)).toHaveLength(60);
    expect(page.match(/<tr><th scope="row"><bdi>shard-/g)).toHaveLength(940);
    expect(page.length).toBeLessThan(1.5e6);
  });

  it('asks for itself again only where somebody wants it', async () => {
    expect(await statusPage(status(), EN)).not.toContain('http-equiv="refresh"');
    expect(await statusPage(status(), { ...EN, refreshSeconds: 60 })).toContain(
      '<meta http-equiv="refresh" content="60">',
    );
  });
});

describe('the policy of a page', () => {
  it('allows its own style and icon, and nothing else', async () => {
    const page = await statusPage(status(), EN);
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(PAGE_POLICY).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    const inside = PAGE_POLICY.replace("; frame-ancestors 'none'", '').replaceAll("'", '&#39;');
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="${inside}">`);
  });

  it('is the same on every page', async () => {
    const styles = [await statusPage(status(), EN), await statusPage(status([]), ZH)].map(
      (page) => /<style>.*?<\/style>/s.exec(page)?.[0],
    );
    expect(styles[0]).toBe(styles[1]);
  });
});

describe('hostile texts in the state', () => {
  it.each(HOSTILE)('are text, whatever they stand for: %s', async (_title, hostile) => {
    const brief = hostile.slice(0, 200);
    const all = withTexts(status(), (path, text) => {
      if (text === AT) return text;
      return FOREIGN.test(path) ? hostile : brief;
    });
    await expect(statusPage(all, ZH).then(textOf)).resolves.toBeTypeOf('string');
  });

  it('are text, whatever they are, and make no page long', async () => {
    const hostile = fc.oneof(
      fc.constantFrom(...HOSTILE.map(([, text]) => text)),
      fc.string({ unit: 'binary', maxLength: 100 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1 }), async (texts) => {
        let next = 0;
        const all = withTexts(status(TEN.slice(0, 3)), (path, text) => {
          next += 1;
          return FOREIGN.test(path) ? (texts[next % texts.length] ?? '') : text;
        });
        const page = await statusPage(all, EN);
        expect(() => textOf(page)).not.toThrow();
        // Texts are cut; one of nothing but `<` takes four characters for each.
        expect(page.length).toBeLessThan(200_000);
      }),
      { numRuns: 5 },
    );
  });

  it('make no link of an address that is none of the web', async () => {
    const page = await statusPage(status([task('a', { consoleUrl: 'javascript:alert(1)' })], NOTHING), EN);
    expect(page).not.toContain('javascript');
    expect(page).not.toContain('<a href="j');
  });
});
