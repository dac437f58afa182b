import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { samplesOf } from '../../lib/events/catalogue/samples.ts';
import { type EventType, type MigrationEvent, makeEvent } from '../../lib/events/event.ts';
import { taskSource } from '../../lib/events/source.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { channelAt } from '../channels/support.ts';
import { ENV, load, MINIMAL } from '../config/support.ts';
import { STAMP } from '../support/stamp.ts';
import { RECIPES, STARTED } from './recipes.ts';
import { Receiver } from './running.ts';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const HUB_SECRET = 'a hub secret of many characters';
const OTHERS = {
  secret: `whsec_${Buffer.alloc(32, 6).toString('base64')}`,
  hubSecret: 'the hub secret of somebody else',
};
const HOUR_MS = 3_600_000;
/** With this variable a receiver that is not installed is a failure: nothing is left out where everything can be had. */
const isRequired = process.env['RECEIVERS'] === 'required';

interface Wanted {
  readonly sequence: number;
  readonly task?: string;
  readonly type?: EventType;
  readonly validForMs?: number;
  readonly drill?: true;
}

/** An event as the program makes it, about something that happened now. */
function eventWith({
  sequence,
  task = 'task-1',
  type = 'dcs.migration.cutover_ready',
  validForMs = HOUR_MS,
  drill,
}: Wanted): MigrationEvent {
  const [sample] = samplesOf(type);
  if (sample?.data.task === undefined) throw new TypeError('not an event about a task');
  const { region, projectId } = sample.data.task;
  const now = new Date();
  const validUntil = new Date(now.getTime() + validForMs).toISOString();
  return makeEvent({
    origin: { source: taskSource(region, projectId, task), subject: task },
    stamp: drill === undefined ? STAMP : { ...STAMP, drill },
    sequence,
    now,
    type,
    data: {
      ...sample.data,
      task: { ...sample.data.task, id: task },
      ...('validUntil' in sample.data ? { validUntil } : {}),
    },
  });
}

describe.each(Object.entries(STARTED))('the recipe for %s', (_name, recipe) => {
  const missing = recipe.missing();
  const note = missing === undefined ? '' : ` (not run, not installed: ${missing})`;
  const receiver = new Receiver(recipe, { WEBHOOK_SECRET: SECRET, HUB_SECRET });
  const http = createHttpClient();

  const send = async (event: MigrationEvent, settings = {}, now = new Date()) => {
    const all = { type: 'webhook', secret: SECRET, hubSecret: HUB_SECRET, ...settings };
    const { class: outcome, status } = await (await channelAt(receiver.url, all, http)).send({
      events: [event],
      now,
    });
    return [outcome, status];
  };
  const ready = eventWith({ sequence: 10 });
  const taken = ['delivered', expect.any(Number)];

  it('is not left out where it has to be tried', () => {
    expect(isRequired ? missing : undefined).toBeUndefined();
  });

  describe.skipIf(missing !== undefined)(`started as it stands in docs/receivers.md${note}`, () => {
    beforeAll(async () => {
      await receiver.prepare();
      await receiver.start();
    });
    afterAll(async () => {
      await receiver.end();
      await http.close();
    });

    it('refuses a forged signature', async () => {
      expect(await send(ready, OTHERS)).toEqual(['transient', recipe.refusal]);
      expect(await receiver.acted()).toEqual([]);
    });

    it.runIf(recipe.knowsTime)('refuses a signature of ten minutes ago', async () => {
      expect(await send(ready, {}, new Date(Date.now() - 600_000))).toEqual(['transient', 401]);
      expect(await receiver.acted()).toEqual([]);
    });

    it('acts on a real event', async () => {
      expect(await send(ready)).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1']);
    });

    it('takes a repeat and does nothing', async () => {
      expect(await send(ready)).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1']);
    });

    it('takes an older event and does nothing', async () => {
      expect(await send(eventWith({ sequence: 9 }))).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1']);
    });

    it('takes an event of a type that it does not act on, and then nothing older than that', async () => {
      expect(await send(eventWith({ sequence: 12, type: 'dcs.migration.cutover_unready' }))).toEqual(taken);
      expect(await send(eventWith({ sequence: 11 }))).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1']);
    });

    it('takes an event whose time is over and does nothing', async () => {
      expect(await send(eventWith({ sequence: 13, validForMs: -1000 }))).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1']);
    });

    it('takes an event of a rehearsal and does nothing, also later', async () => {
      expect(await send(eventWith({ sequence: 20, drill: true }))).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1']);
      expect(await send(eventWith({ sequence: 14 }))).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1', 'task-1']);
    });

    it('counts the events of each task for itself', async () => {
      expect(await send(eventWith({ sequence: 2, task: 'task-2' }))).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1', 'task-1', 'task-2']);
    });

    it('asks for the event again when the action fails', async () => {
      const event = eventWith({ sequence: 3, task: 'task-2' });
      await receiver.failing(true);
      expect(await send(event)).toEqual(['transient', 500]);
      await receiver.failing(false);
      expect(await send(event)).toEqual(taken);
      expect(await send(event)).toEqual(taken);
      expect(await receiver.acted()).toEqual(['task-1', 'task-1', 'task-2', 'task-2']);
    });

    it('remembers after a restart what it has acted on', async () => {
      await receiver.stop();
      await receiver.start();
      expect(await send(ready)).toEqual(taken);
      expect(await receiver.acted()).toHaveLength(4);
    });
  });
});

describe('the configurations in docs/receivers.md', () => {
  const examples = [...RECIPES.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

  it.each(examples)('can be loaded: %s', async (yaml) => {
    const { channels } = z.parse(z.object({ channels: z.record(z.string(), z.unknown()) }), parse(yaml));
    const tokens = {
      ...ENV,
      WEBHOOK_SECRET: SECRET,
      AWX_TOKEN: 'x',
      ARGO_TOKEN: 'x',
      GITHUB_TOKEN: 'x',
      GITLAB_TRIGGER_TOKEN: 'x',
    };
    const config = await load({ ...MINIMAL, channels }, { env: tokens });
    expect(Object.keys(config.channels)).toEqual(Object.keys(channels));
  });

  it('are as many as there are receivers with settings of their own', () => {
    expect(examples).toHaveLength(5);
  });
});
