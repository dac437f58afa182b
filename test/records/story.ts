import type { Config } from '../../lib/config/schema/file.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../lib/http/client.ts';
import type { Store } from '../../lib/store/store.ts';
import { createTestClock } from '../support/clock.ts';

/** The program, of whichever build: what the story needs of it. */
export interface Program {
  tick(parts: {
    readonly config: Config;
    readonly store: Store;
    readonly clock: ReturnType<typeof createTestClock>;
    readonly http: HttpClient;
  }): Promise<unknown>;
  config(settings: typeof SETTINGS): Config;
  answer(status: string, more: Readonly<Record<string, unknown>>): unknown;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Where the story begins, and where its first part ends: the stored state is that of this moment. */
export const STORY_START = Date.parse('2026-01-05T00:10:00.000Z');

const PROD = '254d2280acb74d36a8b839746bcd7352';
const FOUND = '354d2280acb74d36a8b839746bcd7353';
const DARK = '454d2280acb74d36a8b839746bcd7354';

/** Projects, groups and channels of the story. Keys and addresses are made up. */
export const SETTINGS = {
  projects: [
    {
      id: PROD,
      name: 'prod',
      host: 'prod.dcs.example.com',
      tasks: ['ready', 'failing', 'ending', 'gone', 'busy'],
    },
    {
      id: FOUND,
      name: 'found',
      host: 'found.dcs.example.com',
      tasks: [],
      discover: { name: 'orders-*', labels: {} },
    },
    { id: DARK, name: 'dark', host: 'dark.dcs.example.com', tasks: ['hidden'] },
  ],
  groups: ['ready', 'ending'],
  channels: {
    ops: { type: 'slack', url: 'https://ops.example.com/hook', remindEvery: '4h' },
    cutover: { type: 'webhook', url: 'https://cutover.example.com/hook' },
    flaky: { type: 'webhook', url: 'https://flaky.example.com/hook' },
    down: { type: 'slack', url: 'https://down.example.com/hook' },
    broken: { type: 'webhook', url: 'https://broken.example.com/hook' },
    strict: { type: 'webhook', url: 'https://strict.example.com/hook' },
    paced: { type: 'slack', url: 'https://paced.example.com/hook' },
  },
} as const;

/** A message in words: its channel, and what it says; of an event also what names and orders it. */
export type Received = readonly string[];

type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

const IN_STEP = { offset: 0, source_dbsize: 1000, target_dbsize: 1000, is_migrating: true };
const DENIED = {
  error_code: 'DCS.4003',
  error_msg: "Policy doesn't allow dcs:migrationTask:list to be performed.",
};
const NO_FIGURES = { offset: null, source_dbsize: null, target_dbsize: null };

export function createStory(program: Program, store: Store, startMs = STORY_START) {
  const clock = createTestClock(startMs);
  const statuses = new Map<string, string>();
  const stats = new Map<string, object>();
  const answers = new Map<string, Answer>();
  const received: Received[] = [];
  const config = program.config(SETTINGS);

  const http: HttpClient = {
    async request(request): Promise<HttpResponse> {
      const { host } = request.url;
      return host.endsWith('.dcs.example.com') ? service(request) : receive(request);
    },
    close: async () => undefined,
  };

  function service({ url }: HttpRequest): HttpResponse {
    const [, , , kind, id = '', below] = url.pathname.split('/');
    const offset = Number(url.searchParams.get('offset') ?? 0);
    if (url.host.startsWith('dark')) {
      return response(401, {
        error_code: 'APIGW.0301',
        error_msg: 'Incorrect IAM authentication information',
      });
    }
    if (kind === 'migration-tasks') {
      const names = [...statuses.keys()].filter((name) => isAt(name, url.host));
      const tasks = names.map((name) => shown(name));
      return response(200, { count: tasks.length, migration_tasks: tasks.slice(offset) });
    }
    if (below === 'stats') return response(200, stats.get(id) ?? NO_FIGURES);
    if (below === 'logs') return response(403, DENIED);
    if (statuses.get(id) === undefined) {
      return response(400, { error_code: 'DCS.4133', error_msg: 'Instance job is not found.' });
    }
    return response(200, shown(id));
  }

  function shown(id: string): unknown {
    return program.answer(statuses.get(id) ?? '', { task_id: id, task_name: id });
  }

  async function receive({ url, body = '' }: HttpRequest): Promise<HttpResponse> {
    const channel = url.host.split('.')[0] ?? '';
    const answer = answers.get(channel) ?? { status: 200 };
    if (answer.status === 200) received.push([channel, ...wordsOf(JSON.parse(body))]);
    return response(answer.status, 'ok', answer.headers);
  }

  const tick = () => program.tick({ config, store, clock, http });

  const ticks = async (count: number, everyMs = MINUTE): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await tick();
      clock.advance(everyMs);
    }
  };

  return {
    clock,
    arrivals: received,
    tick,

    /** What the build before version 2 wrote down of, in order. */
    async begin(): Promise<void> {
      for (const id of ['ready', 'ending', 'gone', 'busy', 'failing']) statuses.set(id, 'FULLMIGRATING');
      for (const [id, status] of FOUND_FIRST) statuses.set(id, status);
      await ticks(2);
      answers.set('flaky', { status: 503 });
      answers.set('broken', { status: 410 });
      answers.set('strict', { status: 400 });
      answers.set('paced', { status: 429 });
      for (const id of ['ready', 'ending', 'gone']) statuses.set(id, 'INCRMIGEATING');
      stats.set('ready', IN_STEP);
      stats.set('ending', IN_STEP);
      statuses.set('orders-new', 'FULLMIGRATING');
      await ticks(6);
      answers.set('strict', { status: 200 });
      statuses.set('failing', 'MIGRATION_FAILED');
      statuses.delete('gone');
      await ticks(4);
      answers.set('down', { status: 503 });
      for (let n = 0; n < 36; n += 1) {
        statuses.set('busy', n % 2 === 0 ? 'INCRMIGEATING' : 'FULLMIGRATING');
        await ticks(1, 13 * MINUTE);
      }
      answers.set('paced', { status: 200 });
      statuses.set('orders-new', 'SUCCESS');
      await ticks(2);
      answers.set('paced', { status: 429 });
      await ticks(1);
    },

    /** Where a build goes on from the stored state. */
    resume(): void {
      for (const id of ['ready', 'failing']) statuses.set(id, 'MIGRATION_FAILED');
      statuses.set('ending', 'INCRMIGEATING');
      stats.set('ending', IN_STEP);
      statuses.set('busy', 'INCRMIGEATING');
      for (const [id, status] of FOUND_FIRST) statuses.set(id, status);
      statuses.set('orders-new', 'SUCCESS');
    },

    /** Everything is mended, tasks end, and a day goes by. */
    async goOn(): Promise<void> {
      clock.advance(30 * MINUTE);
      await ticks(3);
      statuses.set('ending', 'SUCCESS');
      stats.delete('ending');
      await ticks(5);
      statuses.set('busy', 'SUCCESS');
      statuses.set('orders-late', 'FULLMIGRATING');
      await ticks(30, HOUR);
    },
  };
}

/** As the second project lists them at first: most have ended before anybody looked. */
const FOUND_FIRST = [
  ['orders-old-1', 'SUCCESS'],
  ['orders-old-2', 'MIGRATION_FAILED'],
  ['orders-1', 'FULLMIGRATING'],
] as const;

function wordsOf({ text, id, type, subject, sequence, data }: Message): string[] {
  if (text !== undefined) return [text];
  return [id, type, subject, sequence, data?.number, data?.summary].map(String);
}

/** What a webhook gets (an event), or a chat (a text). */
interface Message {
  readonly text?: string;
  readonly id?: string;
  readonly type?: string;
  readonly subject?: string;
  readonly sequence?: string;
  readonly data?: { readonly number?: number; readonly summary?: string };
}

function isAt(name: string, host: string): boolean {
  return host.startsWith('found') === name.startsWith('orders-');
}

function response(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    truncated: false,
    ms: 1,
  };
}
