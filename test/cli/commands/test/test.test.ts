import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCommandLine } from '../../../support/command-line.ts';
import { type ReceivedRequest, startTestReceiver } from '../../../support/receiver.ts';
import { SIGNING_SECRET } from '../../../support/world.ts';

const CANARY = 'canary-of-a-slack-path';

/** Channels on this machine, and a configuration without a key that names them. */
async function place(more = '') {
  const receiver = await startTestReceiver();
  const folder = mkdtempSync(join(tmpdir(), 'test-command-'));
  onTestFinished(async () => {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(
    join(folder, 'watch.yml'),
    `projects: [{ id: some-project, region: cn-north-4, tasks: [task-1] }]
channels:
  ops: { type: slack, url: "\${SLACK_URL}", mention: "<!here>", mentionOn: [info, failure], quiet: { from: "00:00", to: "23:59" }, allowInsecure: true }
  audit: { type: webhook, url: "${receiver.url('/audit')}", secret: "\${SIGNING_SECRET}", allowInsecure: true }
  cutover:
    type: webhook
    url: "${receiver.url('/cutover')}"
    secret: \${SIGNING_SECRET}
    when: { events: [migration.cutover_ready, migration.cutover_unready], projects: [some-project], labels: { team: orders } }
    allowInsecure: true
${more}`,
  );
  const env = { SLACK_URL: receiver.url(`/${CANARY}`), SIGNING_SECRET };
  const { run } = createCommandLine({ cwd: folder, env });
  return { receiver, folder, run };
}

const eventIn = ([request]: readonly ReceivedRequest[]) => JSON.parse(request?.body ?? '{}');

describe('test', () => {
  it('sends one drill to each chat and each program that gets what is harmless, and prints the answers', async () => {
    const { receiver, folder, run } = await place();
    const { code, out, err } = await run('test');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^CHANNEL +TYPE +EVENT +ANSWER +HTTP +MS +REASON$/);
    expect(lines[1]).toMatch(/^ops +slack +migration\.progress +delivered +200 +\d+ /);
    expect(lines[2]).toMatch(/^audit +webhook +migration\.progress +delivered +200 +\d+ /);
    expect(lines.slice(3)).toEqual([
      'cutover: left out: its filter keeps migration.progress away; it gets migration.cutover_ready, migration.cutover_unready; name it with --channel cutover',
      '',
      '2 channels took it.',
    ]);
    expect(receiver.at(`/${CANARY}`)).toHaveLength(1);
    expect(receiver.at(`/${CANARY}`)[0]?.body).toContain('DRILL');
    expect(receiver.at(`/${CANARY}`)[0]?.body).not.toContain('<!here>');
    expect(receiver.at('/audit')).toHaveLength(1);
    expect(eventIn(receiver.at('/audit'))).toMatchObject({ type: 'dcs.migration.progress', drill: true });
    expect(receiver.at('/cutover')).toHaveLength(0);
    expect(existsSync(join(folder, '.state'))).toBe(false);
  });

  it('sends a program that is named the first type that it gets', async () => {
    const { receiver, run } = await place();
    const { code, out } = await run('test', '--channel', 'cutover', '--json');
    expect(code).toBe(0);
    const sent = eventIn(receiver.at('/cutover'));
    expect(sent).toMatchObject({
      type: 'dcs.migration.cutover_ready',
      drill: true,
      data: { task: { project: 'some-project', labels: { team: 'orders' } } },
    });
    expect(JSON.parse(out)).toEqual({
      good: true,
      answers: [
        {
          channel: 'cutover',
          type: 'webhook',
          event: 'migration.cutover_ready',
          id: sent.id,
          class: 'delivered',
          status: 200,
          ms: expect.any(Number),
          reason: expect.any(String),
        },
      ],
      leftOut: [],
    });
    expect(receiver.at('/audit')).toHaveLength(0);
  });

  it('gives programs an event that they may act on only when they are named', async () => {
    const { receiver, run } = await place();
    const all = await run('test', '--event', 'migration.cutover_ready');
    expect(all.code).toBe(0);
    expect(all.out).toContain(
      'audit: left out: programs may act on migration.cutover_ready; name it with --channel audit',
    );
    expect([receiver.at('/audit'), receiver.at('/cutover')]).toEqual([[], []]);
    const named = await run('test', '--event', 'migration.cutover_ready', '--channel', 'audit');
    expect(named.code).toBe(0);
    expect(eventIn(receiver.at('/audit'))).toMatchObject({
      type: 'dcs.migration.cutover_ready',
      drill: true,
    });
  });

  it('says that the filter of a named channel keeps the event away, and ends with 1', async () => {
    const { run } = await place();
    const { code, out } = await run('test', '--channel', 'cutover', '--event', 'dcs.migration.gone');
    expect(code).toBe(1);
    expect(out.trimEnd().split('\n')).toEqual([
      'cutover: left out: its filter keeps migration.gone away; it gets migration.cutover_ready, migration.cutover_unready',
      '',
      'No channel got a message.',
    ]);
  });

  it('ends with 1 when a channel did not take it, without a secret in any line', async () => {
    const { receiver, run } = await place();
    receiver.answer(`/${CANARY}`, { status: 404, body: 'no_service' });
    const { code, out } = await run('test');
    expect(code).toBe(1);
    expect(out).toMatch(/^ops +slack +migration\.progress +broken +404 /m);
    expect(out).toContain('1 of 2 channels took it.');
    const quiet = await run('test', '--quiet');
    expect(quiet).toMatchObject({ code: 1, out: '' });
    expect(quiet.err).toMatch(/^dcs-migration-watch: ops: broken: /);
    for (const canary of [CANARY, SIGNING_SECRET]) expect(out + quiet.err).not.toContain(canary);
  });

  it.each([
    [['--channel', 'opss'], 'no channel opss (did you mean ops?)'],
    [['--event', 'migration.stald'], 'did you mean migration.stalled?'],
    [['--channel', '--json'], 'no channel --json'],
  ])('refuses what it does not know: %j', async (args, words) => {
    const { receiver, run } = await place();
    const { code, err } = await run('test', ...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(receiver.at(`/${CANARY}`)).toEqual([]);
  });
});
