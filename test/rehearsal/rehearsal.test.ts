import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Clock } from '../../lib/base/time/clock.ts';
import { SCENARIOS } from '../../lib/rehearsal/scenarios.ts';
import { rehearseHere, rehearseTo, SCENARIO_LINES } from '../../lib/rehearsal/start.ts';
import { SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { problemsOf } from '../support/event-schemas.ts';
import { createWorld, type World } from '../support/world.ts';

interface Paces {
  readonly clock: Clock;
  /** Each pause: when it began, and how long it was. Milliseconds. */
  readonly pauses: readonly { readonly at: number; readonly ms: number }[];
}

/** @param costMs what every glance at the clock costs, as on a slow machine */
function paces(costMs = 0): Paces {
  const startedAt = Date.now();
  const pauses: { at: number; ms: number }[] = [];
  let ahead = 0;
  const elapsed = () => {
    ahead += costMs;
    return ahead;
  };
  return {
    pauses,
    clock: {
      now: () => startedAt + elapsed(),
      elapsed,
      sleep: async (ms) => {
        pauses.push({ at: ahead, ms });
        ahead += ms;
      },
    },
  };
}

interface Here {
  readonly scenario?: string;
  readonly asJson?: boolean;
  readonly isReadAlong?: boolean;
  readonly clock?: Clock;
}

async function play({ scenario, asJson = true, isReadAlong = false, clock = paces().clock }: Here) {
  const lines: string[] = [];
  const chosen = scenario === undefined ? undefined : SCENARIOS.get(scenario);
  const write = (line: string) => lines.push(line);
  await rehearseHere(
    { write, asJson, isReadAlong, columns: 200, clock, scenario: chosen },
    { isWanted: true, self: 'npm start --' },
  );
  return lines;
}

const WEBHOOK = z.object({
  kind: z.literal('received'),
  channel: z.literal('webhook'),
  verified: z.boolean(),
  refused: z.boolean(),
  isRepeat: z.boolean(),
  lookedAgain: z.boolean(),
  reaction: z.string(),
  event: z.looseObject({
    id: z.string(),
    type: z.string(),
    drill: z.optional(z.literal(true)),
    data: z.looseObject({ summary: z.string() }),
  }),
});
type Webhook = z.output<typeof WEBHOOK>;

function webhooks(lines: readonly string[]): Webhook[] {
  return lines.flatMap((line) => {
    const webhook = WEBHOOK.safeParse(JSON.parse(line));
    return webhook.success ? [webhook.data] : [];
  });
}

function typesOf(all: readonly Webhook[]): string[] {
  return all.filter(({ refused }) => !refused).map(({ event }) => event.type.replace('dcs.migration.', ''));
}

describe('a rehearsal', () => {
  const STORIES: readonly [scenario: string | undefined, types: readonly string[]][] = [
    [
      undefined,
      [
        'first_seen',
        'status_changed',
        'progress',
        'status_changed',
        'cutover_ready',
        'cutover_unready',
        'status_changed',
        'regressed',
        'status_changed',
        'cutover_ready',
        'status_changed',
        'status_changed',
        'first_seen',
        'status_changed',
      ],
    ],
    [
      'cutover',
      ['first_seen', 'cutover_ready', 'cutover_unready', 'cutover_ready', 'status_changed', 'status_changed'],
    ],
    [
      'regression',
      [
        'first_seen',
        'cutover_ready',
        'cutover_unready',
        'status_changed',
        'regressed',
        'status_changed',
        'cutover_ready',
      ],
    ],
    ['failure', ['first_seen', 'status_changed']],
    ['stall', ['first_seen', 'stalled', 'resumed']],
    ['forgotten', ['first_seen', 'forgotten', 'forgotten', 'status_changed', 'status_changed', 'forgotten']],
  ];

  const NAMED = STORIES.map(([scenario, types]) => [scenario ?? 'everything', scenario, types] as const);

  test.each(NAMED)('of %s sends its events in order, and nothing else', async (_name, scenario, types) => {
    const got = webhooks(await play(scenario === undefined ? {} : { scenario }));
    expect(typesOf(got)).toEqual(types);
    expect(got.filter(({ verified }) => !verified)).toEqual([]);
    expect(got.flatMap(({ event }) => problemsOf(event))).toEqual([]);
    expect(got.filter(({ event }) => event.drill !== true)).toEqual([]);
  });

  test('exists for each scenario', () => {
    expect([...SCENARIOS.keys()]).toEqual(STORIES.flatMap(([name]) => (name === undefined ? [] : [name])));
  });

  test('shows a webhook that is down, and the same event later, checked before each attempt', async () => {
    const lines = await play({ scenario: 'cutover' });
    const ready = webhooks(lines).filter(({ event }) => event.type === 'dcs.migration.cutover_ready');
    expect(ready).toMatchObject([
      { refused: false, isRepeat: false, lookedAgain: true },
      { refused: true, isRepeat: false, lookedAgain: true, reaction: expect.stringContaining('503') },
      { refused: false, isRepeat: true, lookedAgain: true },
    ]);
    expect(ready[2]?.event).toEqual(ready[1]?.event);
    expect(ready[1]?.event.id).not.toBe(ready[0]?.event.id);
    const others = webhooks(lines).filter(
      (webhook) => !ready.some(({ event }) => event.id === webhook.event.id),
    );
    expect(others.filter(({ lookedAgain }) => lookedAgain)).toEqual([]);
  });

  test('shows a pipeline that starts the cut-over with a fencing token, stops it, and completes it', async () => {
    const [, ready, unready, , again, , stopped] = webhooks(await play({ scenario: 'cutover' }));
    const token = /^starts the cut-over with fencing token (\d{10}), valid until \d\d:\d\d UTC$/;
    expect(ready?.reaction).toMatch(token);
    expect(unready?.reaction).toBe(`stops the cut-over that it started for ${ready?.event.id}`);
    const tokenIn = (reaction = '') => Number(token.exec(reaction)?.[1]);
    expect(tokenIn(again?.reaction)).toBeGreaterThan(tokenIn(ready?.reaction));
    expect(stopped?.reaction).toContain('points the application at the new instance');
    expect(stopped?.event.data).toMatchObject({
      to: { phase: 'stopped' },
      report: { peakOffset: 412_000_000 },
    });
  });

  test('shows a failure with its dossier, to Slack and to the pipeline', async () => {
    const lines = await play({ scenario: 'failure' });
    const [, failed] = webhooks(lines);
    expect(failed?.event.data).toMatchObject({
      severity: 'failure',
      dossier: {
        errorMessage: expect.stringContaining('replication link'),
        log: [{}, { message: expect.stringContaining('output buffer limit') }],
        advice: { cause: 'client-output-buffer-limit' },
        unknown: [],
      },
    });
    const text = (await play({ scenario: 'failure', asJson: false })).join('\n');
    for (const part of [
      'Error message',
      'output buffer limit of the slave',
      'What to do',
      'it opens an incident',
    ])
      expect(text).toContain(part);
  });

  test('sums up looks without changes, and shows each of their figures once', async () => {
    const lines = await play({ scenario: 'cutover', asJson: false });
    const from = lines.findIndex((line) => line.includes('The lag has shrunk'));
    expect(lines.slice(from + 1, from + 6)).toEqual([
      expect.stringMatching(/^ {2}DCS {6}│ orders-cache: status INCRMIGEATING, offset 91000, source_dbsize /),
      expect.stringMatching(/^ {11}│ orders-cache: status INCRMIGEATING, offset 26000,/),
      expect.stringMatching(/^ {11}│ orders-cache: status INCRMIGEATING, offset 0,/),
      '  watcher  │ 4 looks: nothing new to tell',
      expect.stringMatching(/^ {2}DCS {6}│ .* offset 0,/),
    ]);
    expect(lines.filter((line) => line.includes('│ !'))).toEqual([
      expect.stringContaining('not delivered: HTTP 503; tried again later'),
    ]);
  });

  test('shows no secret, neither as text nor as JSON', async () => {
    for (const asJson of [true, false]) {
      const text = (await play({ asJson })).join('\n');
      expect(text).toContain('sessions-old');
      for (const secret of [...SIMULATED_PASSWORDS, 'REHEARSALACCESSKEY', 'whsec_'])
        expect(text).not.toContain(secret);
    }
  });

  test('pauses for readers, and no longer when the machine is slow', async () => {
    const fast = paces();
    await play({ asJson: false, isReadAlong: true, clock: fast.clock });
    const sum = fast.pauses.reduce((total, { ms }) => total + ms, 0);
    expect(fast.pauses).toHaveLength(13);
    expect(Math.min(...fast.pauses.map(({ ms }) => ms))).toBeGreaterThan(1000);
    expect(sum).toBeLessThan(19_000);

    const slow = paces(15);
    await play({ asJson: false, isReadAlong: true, clock: slow.clock });
    expect(slow.pauses[0]?.ms).toBeGreaterThan(500);
    expect(slow.pauses[0]?.ms).toBeGreaterThan(slow.pauses.at(-1)?.ms ?? Number.POSITIVE_INFINITY);
    expect(slow.pauses.filter(({ at, ms }) => at + ms > 19_050)).toEqual([]);

    const unread = paces();
    await play({ asJson: false, clock: unread.clock });
    expect(unread.pauses).toEqual([]);
  });

  test('has each scenario in docs/commands.md and the help', async () => {
    const readme = await readFile('docs/commands.md', 'utf8');
    for (const name of SCENARIOS.keys()) {
      expect(readme.includes(`\`${name}\``)).toBe(true);
      expect(SCENARIO_LINES.filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
    }
  });
});

describe("a rehearsal in the user's own channels", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({
      time: 'real',
      channels: {
        cutover: { type: 'webhook' },
        ops: { type: 'slack', mention: '<!here>', mentionOn: ['info', 'action', 'success', 'failure'] },
        elsewhere: { type: 'webhook', when: { projects: ['prod'] } },
      },
    });
  });
  afterAll(() => world.close());

  test('sends the whole story in real time, marked as a rehearsal, at the pace of a chat', async () => {
    const { clock, pauses } = paces();
    const lines: string[] = [];
    const occasion = {
      write: (line: string) => lines.push(line),
      asJson: false,
      isReadAlong: false,
      columns: 200,
      clock,
    };
    expect(await rehearseTo(everybody(), occasion)).toBe(true);
    const types = world.events('cutover').map(({ type }) => type.replace('dcs.migration.', ''));
    expect(types.filter((type) => type.startsWith('cutover'))).toEqual([
      'cutover_ready',
      'cutover_unready',
      'cutover_ready',
    ]);
    expect(types).toContain('regressed');
    expect(world.slack('ops')).toHaveLength(13);
    for (const { body } of world.slack('ops')) {
      expect(body).toMatch(/(?:orders|sessions)-cache \(rehearsal\)/);
      const { text, blocks } = JSON.parse(body);
      expect([text, blocks[0].text.text]).toEqual([
        expect.stringMatching(/^DRILL · /),
        expect.stringMatching(/^DRILL · /),
      ]);
      expect(body).not.toContain('<!here>');
    }
    const drills = world.receiver.at('/cutover').map(({ body }) => JSON.parse(body).drill);
    expect(drills).toEqual(drills.map(() => true));
    expect(lines.filter((line) => line.includes('│ drill, ')).length).toBeGreaterThan(10);

    expect(pauses).toHaveLength(12);
    expect(pauses.filter(({ ms }) => ms < 1000)).toEqual([]);
    const text = lines.join('\n');
    expect(text).not.toMatch(/ later · /);
    expect(text).not.toContain('HTTP 503');
    expect(text).toContain('channel ops: event');
    expect(lines.filter((line) => line.includes('got nothing'))).toEqual([
      expect.stringContaining('Channel elsewhere'),
    ]);
  });

  test.each([
    ['is still pending', 500, 1],
    ['is dead', 422, 2],
  ])('says how much has not arrived, whether it %s', async (_what, status, attempts) => {
    world.receiver.answer('/cutover', { status });
    const lines: string[] = [];
    const hasArrived = await rehearseTo(everybody(), {
      write: (line) => lines.push(line),
      asJson: false,
      isReadAlong: false,
      columns: 200,
      clock: paces().clock,
      scenario: SCENARIOS.get('failure'),
    });
    expect(hasArrived).toBe(false);
    expect(lines.filter((line) => line.includes(`not delivered: HTTP ${status}`))).toHaveLength(attempts);
    expect(lines.at(-1)).toMatch(/^2 messages did not arrive/);
    // Nothing of it is kept when it is over.
    expect(lines.join('\n')).not.toMatch(/dead letter|redrive/);
  });

  const everybody = () => ({ channels: world.config.channels, leftOut: [] });
});
