import type { Channel, Outcome } from '../../lib/channels/channel.ts';
import { createChannel } from '../../lib/channels/index.ts';
import {
  type EventData,
  type EventTask,
  type EventType,
  type MigrationEvent,
  makeEvent,
} from '../../lib/events/event.ts';
import { taskSource } from '../../lib/events/source.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../lib/http/client.ts';
import { channelSchema } from '../support/channel-types.ts';
import { STAMP } from '../support/stamp.ts';

export const NOW = new Date('2026-01-05T02:12:03.000Z');

export const CANARIES = {
  path: 'canary-of-the-url-7Hq',
  secret: `whsec_${Buffer.from('canary-of-a-signing-secret-32-by').toString('base64')}`,
  header: 'canary-of-a-header-3Wp',
  hubSecret: 'canary-of-a-hub-secret-8Yk',
} as const;
export const ALL_CANARIES = [...Object.values(CANARIES), CANARIES.secret.slice('whsec_'.length)];

export const TASK: EventTask = {
  id: 'a276c1ffa0a54c2597fc824b917db317',
  name: 'migration1',
  projectId: '254d2280acb74d36a8b839746bcd7352',
  project: 'prod',
  region: 'cn-north-4',
  source: { name: 'dcs-test', address: '192.168.1.2:6379' },
  target: { name: 'test-instance', address: '192.168.1.3:6379' },
  labels: { team: 'orders' },
};

const COMMON = {
  severity: 'action',
  summary: 'migration1: full synchronisation finished, incremental replication started',
  consoleUrl: 'https://console.huaweicloud.com/dcs/?region=cn-north-4',
} as const;

/** Data of events of each kind. */
export const CHANGE: EventData = {
  ...COMMON,
  task: TASK,
  from: { status: 'FULLMIGRATING', phase: 'full', since: '2026-01-05T00:10:00.000Z' },
  to: { status: 'INCRMIGEATING', phase: 'incremental', since: '2026-01-05T02:12:00.000Z' },
};
export const FIRST_SEEN: EventData = {
  ...COMMON,
  task: TASK,
  to: { status: 'FULLMIGRATING', phase: 'full', since: '2026-01-05T02:12:00.000Z' },
  severity: 'info',
};
export const FAILED: EventData = {
  ...CHANGE,
  severity: 'failure',
  summary: 'migration1: migration failed',
  to: { status: 'MIGRATION_FAILED', phase: 'failed', since: '2026-01-05T02:12:00.000Z' },
};
export const TASK_FAILING: EventData = {
  ...COMMON,
  task: TASK,
  reason: 'not found',
  detail: 'HTTP 400 DCS.4133: there is no such task. Check the task id and its project.',
};
export const PROJECT_FAILING: EventData = {
  ...COMMON,
  project: { id: TASK.projectId, name: 'prod', region: 'cn-north-4', tasks: 12 },
  reason: 'not authorised',
  detail: 'HTTP 401 APIGW.0301: signature refused. Check access key and secret key.',
};

export function eventOf(
  data: EventData = CHANGE,
  type: EventType = 'dcs.migration.status_changed',
  sequence = 7,
): MigrationEvent {
  const subject = data.task?.id ?? TASK.id;
  return makeEvent({
    origin: { source: taskSource(TASK.region, TASK.projectId, subject), subject },
    stamp: STAMP,
    sequence,
    now: new Date('2026-01-05T02:12:00.000Z'),
    type,
    data,
  });
}

/** The least settings of each type. */
export const SETTINGS = {
  slack: { type: 'slack', mention: '<!here>' },
  webhook: {
    type: 'webhook',
    secret: CANARIES.secret,
    hubSecret: CANARIES.hubSecret,
    headers: { Authorization: `Bearer ${CANARIES.header}` },
  },
} as const;

/**
 * A channel as the configuration makes it.
 *
 * @param place the setting with its address
 */
export async function channelAt(
  url: URL | string,
  settings: Readonly<Record<string, unknown>>,
  http: HttpClient,
  place = 'url',
): Promise<Channel> {
  const config = channelSchema.parse({ [place]: String(url), allowInsecure: true, ...settings });
  return await createChannel('ops', config, { http });
}

/** A client that does not go to the network: every request gets the same answer. */
export function answering(answer: Partial<HttpResponse>): HttpClient {
  return {
    request: async () => ({ status: 200, headers: {}, body: '', truncated: false, ms: 3, ...answer }),
    close: async () => undefined,
  };
}

/** A client that keeps what is sent, and gives answers with these bodies, one after the other. */
export function recording(
  answers: readonly string[],
  answer: Partial<HttpResponse> = {},
): {
  readonly http: HttpClient;
  readonly sent: readonly HttpRequest[];
} {
  const sent: HttpRequest[] = [];
  const http = answering(answer);
  return {
    sent,
    http: {
      ...http,
      request: async (request, limits) => {
        sent.push(request);
        return { ...(await http.request(request, limits)), body: answers[sent.length - 1] ?? '' };
      },
    },
  };
}

/** The outcome of one event whose request is answered so. */
export async function outcomeAt(url: string, type: string, answer: Partial<HttpResponse>): Promise<Outcome> {
  return (await channelAt(url, { type }, answering(answer))).send({ events: [eventOf()], now: NOW });
}

/** The outcome of an attempt that an error of a foreign class has ended. */
export function internalError(name: string): Outcome {
  const explanation = { what: [{ code: 'internal_error', values: [name] }] } as const;
  return { class: 'transient', reason: `internal error (${name})`, explanation, ms: 0 };
}

/** Time for a request to arrive on a machine that is busy; all that has to be waited for where no answer comes. */
const HASTY_MS = 1000;

/** A client that waits a second for an answer of these URLs, and as long as it is asked to for all others. */
export function hasty(http: HttpClient, isLate: (url: URL) => boolean = () => true): HttpClient {
  return {
    request: (request, limits) =>
      http.request(request, isLate(request.url) ? { ...limits, timeoutMs: HASTY_MS } : limits),
    close: () => http.close(),
  };
}
