import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { columnsOf } from '../../../../lib/base/columns.ts';
import { createCommandLine } from '../../../support/command-line.ts';

const CANARY = 'CANARY0123456789CANARY0123456789';
const WHSEC = `whsec_${Buffer.from(CANARY).toString('base64')}`;

/** A channel of every type, with secrets in all places. */
const CHANNELS = `
  ops: { type: slack, url: "https://hooks.slack.com/services/T000/B000/${CANARY}", mention: "<!here>", mentionOn: [action] }
  live: { type: slack_bot, token: "xoxb-${CANARY}", channel: C0123456789 }
  feishu: { type: feishu, url: "https://open.feishu.cn/open-apis/bot/v2/hook/${CANARY}", secret: "${CANARY}", language: zh, timeZone: Asia/Shanghai }
  dingtalk: { type: dingtalk, url: "https://oapi.dingtalk.com/robot/send?access_token=${CANARY}", secret: "SEC${CANARY}" }
  wecom: { type: wecom, url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${CANARY}" }
  welink: { type: welink, url: "https://open.welink.huaweicloud.com/api/werobot/v1/webhook/send?token=${CANARY}&channel=standard" }
  teams: { type: teams, url: "https://teams.example.com/${CANARY}" }
  smn: { type: smn, topic: "urn:smn:cn-north-4:254d2280acb74d36a8b839746bcd7352:redis" }
  mail: { type: email, url: "smtps://user:${CANARY}@mail.example.com:465", from: watch@example.com, to: [dba@example.com] }
  oncall: { type: pagerduty, routingKey: "${CANARY}" }
  bus: { type: eventbridge, bus: "arn:aws:events:eu-west-1:123456789012:event-bus/redis" }
  grid: { type: eventgrid, region: cn-north-4, projectId: 254d2280acb74d36a8b839746bcd7352, eventChannel: 0b1c2d3e-0000-4000-8000-000000000000, eventSource: dcs-migration-watch }
  cutover: { type: webhook, url: "https://ci.example.com/${CANARY}", secret: "${WHSEC}", when: { events: [migration.cutover_ready], projects: [prod] } }
  own: { type: webhook, url: "https://ntfy.example.com/", body: { title: "{{ data.summary }}", token: "own-${CANARY}" } }
`;

function place(channels = CHANNELS, columns?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'preview-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const projects = 'projects: [{ id: some-project, region: cn-north-4, tasks: [task-1] }]';
  writeFileSync(join(folder, 'watch.yml'), `${projects}\nchannels:${channels}`);
  const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
    throw new Error('a connection is made');
  });
  onTestFinished(() => connect.mockRestore());
  const { run } = createCommandLine({ cwd: folder, isTTY: columns !== undefined, columns });
  return { run, connect };
}

function channelIn(out: string, name: string) {
  const { told } = JSON.parse(out);
  return told.find(({ channel }: { readonly channel: string }) => channel === name);
}

describe('preview', () => {
  it('shows the bodies for every type of channel, opens no connection, and shows no secret', async () => {
    const { run, connect } = place();
    const { code, out, err } = await run('preview', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(connect).not.toHaveBeenCalled();
    const { event, told, notTold } = JSON.parse(out);
    expect(event).toBe('migration.cutover_ready');
    expect([...told, ...notTold]).toHaveLength(14);
    expect(notTold.map(({ channel }: { channel: string }) => channel)).toEqual(['oncall']);
    for (const { bodies } of told) expect(bodies.length).toBeGreaterThan(0);
    expect(out).not.toContain(CANARY);
    expect(channelIn(out, 'ops')).toMatchObject({ mentions: true, bodies: [{ text: expect.any(String) }] });
    expect(channelIn(out, 'feishu').bodies[0]).toMatchObject({ sign: '(hidden)', msg_type: 'interactive' });
    expect(channelIn(out, 'mail').bodies[0]).toMatchObject({ subject: expect.stringContaining('READY') });
    expect(channelIn(out, 'bus').bodies[0]).toMatchObject({ Time: expect.stringMatching(/^\d{4}-/) });
    expect(channelIn(out, 'cutover').bodies[0]).toMatchObject({ type: 'dcs.migration.cutover_ready' });
    expect(channelIn(out, 'cutover').bodies[0]).not.toHaveProperty('drill');
    expect(channelIn(out, 'own').bodies[0]).toEqual({ title: expect.any(String), token: '(hidden)' });
    expect(channelIn(out, 'live').bodies).toHaveLength(2);
  });

  it('says that somebody is mentioned only where the channel says whom', async () => {
    const url = 'https://hooks.slack.com/services/T000/B000/x';
    const { run } = place(`
  called: { type: slack, url: "${url}1", mention: "<!here>" }
  silent: { type: slack, url: "${url}2" }
`);
    const { out } = await run('preview', '--json', '--event', 'group.failed');
    expect(channelIn(out, 'called')).toMatchObject({ mentions: true });
    expect(channelIn(out, 'silent')).not.toHaveProperty('mentions');
  });

  it('hides the key of an alert', async () => {
    const { run } = place();
    const { out } = await run('preview', '--json', '--channel', 'oncall', '--event', 'migration.stalled');
    expect(channelIn(out, 'oncall').bodies[0]).toMatchObject({
      routing_key: '(hidden)',
      event_action: 'trigger',
    });
  });

  it('shows which events get to whom, then one message in the language and zone of each chat', async () => {
    const { run } = place();
    const { out } = await run('preview');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^EVENT +ops +live +feishu /);
    const ready = lines.find((line) => line.startsWith('migration.cutover_ready')) ?? '';
    expect(ready.match(/✓/g)).toHaveLength(13);
    expect(out).toMatch(/^migration\.ip_switched .* success /m);
    expect(out).toContain('\ncutover: only of projects prod\n');
    expect(out).toContain('\nops (slack, somebody is mentioned), live (slack_bot), dingtalk (dingtalk), ');
    expect(out).toMatch(/^ {2}🟢 可割接 · orders-cache/m);
    expect(out).toMatch(/^ {2}有效期至：.* UTC\+8/m);
    expect(out).toContain('\noncall: not told: its filter keeps migration.cutover_ready away; it gets ');
    expect(out.trimEnd().split('\n').at(-1)).toBe('Nothing was sent.');
    expect(out).not.toContain(CANARY);
  });

  it('shows the message of a bot that only says where a task stands', async () => {
    const { run } = place();
    const { out } = await run('preview', '--event', 'migration.first_seen', '--channel', 'live');
    expect(out).toContain('\nlive (slack_bot)\n  ℹ️ orders-cache: full synchronisation\n');
  });

  it('fits the terminal', async () => {
    const { run } = place(undefined, 60);
    const { out } = await run('preview', '--event', 'migration.gone', '--channel', 'ops');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(61);
  });

  it('names the events of each channel where a table of all does not fit', async () => {
    const { run } = place(undefined, 80);
    const { out } = await run('preview');
    const lines = stripVTControlCharacters(out).split('\n');
    expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
    expect(lines[0]).toBe('ops: every event');
    expect(lines).toContain('cutover: migration.cutover_ready');
    expect(lines.findIndex((line) => line.startsWith('For example '))).toBeLessThan(40);
  });

  it('ends with 1 when the event would reach nobody', async () => {
    const { run } = place();
    const { code, out, err } = await run('preview', '--event', 'migration.gone', '--channel', 'cutover');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain(
      'cutover: not told: its filter keeps migration.gone away; it gets migration.cutover_ready',
    );
  });

  it.each([
    [['--channel', 'opss'], 'no channel opss (did you mean ops?)'],
    [['--event', 'group.redy'], 'did you mean group.ready?'],
  ])('refuses what it does not know: %j', async (args, words) => {
    const { run } = place();
    const { code, err } = await run('preview', ...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
