import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../lib/events/event.ts';
import { client, httpServer } from '../http/servers.ts';
import { CHANGE, channelAt, eventOf, NOW, SETTINGS } from './support.ts';

const MENTIONING = {
  ...SETTINGS.slack,
  mention: '<!here>',
  mentionOn: ['info', 'action', 'success', 'failure'],
};
const REAL = eventOf({ ...CHANGE, severity: 'failure' });
const DRILL: MigrationEvent = { ...REAL, drill: true };

/** The message that a chat posts, and the text that it posts where Slack refuses that form. */
async function posted(events: readonly MigrationEvent[]) {
  const bodies: string[] = [];
  const server = await httpServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString());
    response.writeHead(400).end('invalid_blocks');
  });
  await (await channelAt(server.url('/hooks'), MENTIONING, client())).send({ events, now: NOW });
  const [message = '{}', asText = '{}'] = bodies;
  return { message: JSON.parse(message), asText: JSON.parse(asText) };
}

describe('a chat message of a drill', () => {
  test.each<[what: string, events: readonly MigrationEvent[]]>([
    ['about one event', [DRILL]],
    ['about all that one look noticed', [DRILL, { ...DRILL, id: 'evt_2' }]],
    ['that is a digest', [DRILL, { ...DRILL, id: 'evt_2', source: '/another', subject: 'another' }]],
    ['with a name that fills it', [{ ...DRILL, data: { ...DRILL.data, summary: 'x'.repeat(5000) } }]],
  ])('says so before anything else, and mentions nobody: %s', async (_what, events) => {
    const { message, asText } = await posted(events);
    const [header] = message.blocks;
    for (const text of [message.text, header.text.text, asText.text]) expect(text).toMatch(/^DRILL · /);
    expect(JSON.stringify([message, asText])).not.toContain('<!here>');
  });

  test('differs from a real one, which mentions people and has no such word', async () => {
    const { message } = await posted([REAL]);
    expect(message.text).toMatch(/^<!here>/);
    expect(JSON.stringify(message)).not.toContain('DRILL');
  });
});
