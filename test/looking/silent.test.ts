import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { type HttpClient, HttpError } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { keptOpen, type World } from '../support/world.ts';
import { eventsAt, MINUTE, world } from './support.ts';

const SILENT = '0'.repeat(32);

/** A network in which one project gets no answer: each request of it takes its whole time-out, one after the other. */
function silentFor(made: World, projectId: string): HttpClient & { readonly asked: () => number } {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  let asked = 0;
  return {
    ...http,
    asked: () => asked,
    async request(request, limits) {
      if (!request.url.pathname.includes(projectId)) return http.request(request, limits);
      asked += 1;
      made.clock.advance(limits.timeoutMs);
      throw new HttpError({ code: 'timeout', host: 'h', ms: limits.timeoutMs, message: 'no answer in time' });
    },
  };
}

test.each(['webhook', 'slack'] as const)(
  'An endpoint that does not answer leaves time to tell a %s of others',
  async (type) => {
    const made = await world({
      channels: { cutover: { type } },
      projects: [
        { name: 'silent', id: SILENT, tasks: Array.from({ length: 30 }, (_, n) => `task-${n}`) },
        { name: 'fine', id: '1'.repeat(32), tasks: ['x'] },
      ],
    });
    made.projects['fine']?.status('x', 'FULLMIGRATING');
    const http = silentFor(made, SILENT);
    const parts = {
      config: made.config,
      store: keptOpen(made.store),
      log: () => undefined,
      clock: made.clock,
    };
    const app = createApp({ ...parts, http });
    const began = made.clock.now();
    expect(await app.tick(app.patienceMs)).toMatchObject({ delivered: 1, pending: 0 });
    expect(made.clock.now() - began).toBeGreaterThan(MINUTE);
    expect(http.asked()).toBeGreaterThan(5);
    expect(made.receiver.at('/cutover')).toHaveLength(1);
    if (type === 'webhook') expect(eventsAt(made).map(({ subject }) => subject)).toEqual(['x']);
  },
);
