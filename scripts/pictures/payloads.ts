import { channelSchemaOf, createChannel, loadTypes, TYPE_NAMES } from '../../lib/channels/index.ts';
import type { MigrationEvent } from '../../lib/events/event.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { STORIES } from '../../test/support/stories.ts';

const URL_OF_NOBODY = 'https://receiver.example/';

/** The first look of the stories in which this happened. */
export function eventsOf(type: string, severity: string): readonly MigrationEvent[] {
  const chapters = Object.values(STORIES).flat();
  const found = chapters.find(([first]) => first?.type === type && first.data.severity === severity);
  if (found === undefined) throw new TypeError(`no story has ${type}`);
  return found;
}

/** The body that a channel sends about events. */
export async function payloadOf(
  settings: Readonly<Record<string, unknown>>,
  events: readonly MigrationEvent[],
): Promise<unknown> {
  const bodies: string[] = [];
  const http: HttpClient = {
    request: async ({ body = '' }) => {
      bodies.push(body);
      return { status: 200, headers: {}, body: 'ok', truncated: false, ms: 1 };
    },
    close: async () => undefined,
  };
  const config = channelSchemaOf(await loadTypes(new Set(TYPE_NAMES))).parse({
    url: URL_OF_NOBODY,
    ...settings,
  });
  const now = new Date(events[0]?.time ?? 0);
  const channel = await createChannel('picture', config, { http });
  await channel.send({ events, now });
  return JSON.parse(bodies[0] ?? '');
}
