import type { Audience, Channel, Outgoing } from '../../../lib/channels/channel.ts';
import type { Quiet } from '../../../lib/channels/chat/quiet.ts';
import { type ChannelConfig, channelOf } from '../../../lib/channels/index.ts';
import { slack } from '../../../lib/channels/slack/slack.ts';
import { slack_bot } from '../../../lib/channels/slack_bot/slack_bot.ts';
import { webhook } from '../../../lib/channels/webhook/webhook.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import type { HttpClient, HttpLimits, HttpRequest, HttpResponse } from '../../../lib/http/client.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { urlOf } from '../../support/channel-url.ts';
import { problemsOf } from '../../support/event-schemas.ts';
import { numberOf } from '../../support/number.ts';
import { CANARIES } from './canaries.ts';
import type { Counter, Faults } from './faults.ts';
import type { Promised } from './promise.ts';
import { respond, takingOf } from './receivers.ts';
import type { Gate } from './scheduler.ts';
import { isForService, serve, serveNothing, taskIn } from './service.ts';

/** The channels of all scenarios: people and two programs. */
const CONFIGS: ReadonlyMap<string, ChannelConfig> = new Map([
  ['ops', slackConfig()],
  ['cutover', webhookConfig('cutover')],
  ['audit', webhookConfig('audit')],
]);
export const CHANNELS = [...CONFIGS.keys()];

function slackConfig(): ChannelConfig {
  return channelSchema.parse({
    type: 'slack',
    url: `https://hooks.slack.com/services/${CANARIES.slackPath}`,
  });
}

function webhookConfig(name: string): ChannelConfig {
  return channelSchema.parse({
    type: 'webhook',
    url: `https://${name}.example.com/${CANARIES.webhookPath(name)}`,
    secret: `whsec_${CANARIES.signingKey(name)}`,
    headers: { authorization: `Bearer ${CANARIES.bearer(name)}` },
  });
}

const BOT_HOST = 'slack.example.com';
/** The chat, where it edits its messages. */
const BOT = channelSchema.parse({
  type: 'slack_bot',
  token: CANARIES.botToken,
  channel: 'C0123456789',
  baseUrl: `https://${BOT_HOST}/api`,
});

interface NetworkInput {
  readonly promised: Promised;
  readonly fired: Counter;
  /** Quiet hours, by the names of chats. */
  readonly quiet: Readonly<Record<string, Quiet>>;
  /** Whether the chat edits its messages: it is a Slack bot, and not an incoming webhook. */
  readonly isLive: boolean;
  faults(): Faults;
  /** The status that a task has now. */
  statusOf(taskId: string): string;
  now(): number;
  pass(ms: number): void;
}

/** The network of a case, as its runs get to see it: the service, the receivers, and what happens on the way. */
export interface Network {
  /** The one door of a run to the network, and its channels behind it. */
  of(gate: Gate, run: number): { readonly http: HttpClient; channel(name: string): Promise<Channel> };
  /** What arrived, in order, in words. */
  readonly received: readonly string[];
  /** For each delivery that arrived, how many milliseconds after its event. */
  readonly delays: readonly number[];
  /** What webhooks were sent that `schemas/` does not describe. */
  readonly undescribed: readonly string[];
}

export function createNetwork(input: NetworkInput): Network {
  const { promised, fired, quiet, isLive, faults, statusOf, now, pass } = input;
  const received: string[] = [];
  const delays: number[] = [];
  const undescribed: string[] = [];
  let posts = 0;

  /** An answer of Slack's Web API, whose body says what the status says elsewhere. */
  const inSlacksWords = (answer: HttpResponse, bot: BotRequest | undefined): HttpResponse => {
    if (bot === undefined || answer.body !== 'ok') return answer;
    const { thread } = bot;
    posts += 1;
    const ts = `1767571200.${String(posts).padStart(6, '0')}`;
    const body = { ok: true, channel: 'C0123456789', ts, message: { thread_ts: thread } };
    return { ...answer, body: JSON.stringify(body) };
  };

  /** A message that shows where a task stands, or an edit of it: no event is delivered by it. */
  const display = (bot: BotRequest, host: string, limits: HttpLimits): HttpResponse => {
    const answer = faults().answer('ops');
    fired.count(`${bot.isEdit ? 'edit' : 'root'}: ${answer}`);
    return inSlacksWords(respond(answer, host, limits, pass), bot);
  };

  const look = (taskId: string, limits: HttpLimits): HttpResponse => {
    const fault = faults().look(taskId);
    if (fault !== undefined) fired.count(`look: ${fault}`);
    return serve({ taskId, status: statusOf(taskId), fault }, limits, pass);
  };

  const receive = (message: Message, limits: HttpLimits): HttpResponse => {
    const { channel, run, events, body } = message;
    const answer = faults().answer(channel);
    fired.count(`answer: ${answer}`);
    const taking = takingOf(answer, audienceOf(channel));
    for (const event of events) {
      received.push(`${channel} ${event.subject} ${numberOf(event)} ${answer}`);
      if (taking.taken > 0) delays.push(now() - Date.parse(event.time));
    }
    promised.arrived({ channel, audience: audienceOf(channel), run, events, body, ...taking });
    return respond(answer, message.host, limits, pass);
  };

  const serveService = (request: HttpRequest, limits: HttpLimits, gate: Gate) => {
    const taskId = taskIn(request);
    if (taskId === undefined) return serveNothing(limits);
    return gate(`look ${taskId}`, () => look(taskId, limits));
  };

  /** @param sending the messages under way to each chat */
  const httpOf = (gate: Gate, run: number, sending: ReadonlyMap<string, Outgoing[]>): HttpClient => ({
    async request(request, limits) {
      const channel = channelAt(request);
      promised.shown(openPartOf(request, channel));
      if (isForService(request)) return serveService(request, limits, gate);
      if (channel === undefined) throw new Error(`nobody is at ${request.url.host}`);
      const bot = botRequestIn(request);
      if (bot?.hasEvent === false) return gate(stepOf(bot), () => display(bot, request.url.host, limits));
      const message = messageIn(request, channel, run, sending);
      if (audienceOf(channel) === 'programs') undescribed.push(...problemsOf(message.events[0]));
      const name = `send ${channel} ${message.events.map(numberOf).join(',')}`;
      return gate(name, () => inSlacksWords(receive(message, limits), bot), message.body);
    },
    close: async () => undefined,
  });

  return {
    received,
    delays,
    undescribed,
    of(gate, run) {
      const sending = new Map<string, Outgoing[]>(CHANNELS.map((name) => [name, []]));
      const http = httpOf(gate, run, sending);
      return {
        http,
        channel: async (name) =>
          noting(await channelFor(name, settingsOf(name, quiet, isLive), http), sending),
      };
    },
  };
}

interface Message {
  readonly channel: string;
  readonly run: number;
  readonly host: string;
  readonly events: readonly MigrationEvent[];
  readonly body: string;
}

/** A webhook request contains its event; a message for people is the one under way to its chat. */
function messageIn(
  request: HttpRequest,
  channel: string,
  run: number,
  sending: ReadonlyMap<string, Outgoing[]>,
): Message {
  const { url, body = '' } = request;
  const events =
    audienceOf(channel) === 'programs' ? [eventIn(request)] : (sending.get(channel)?.[0]?.events ?? []);
  return { channel, run, host: url.host, events, body };
}

/** A channel that notes its messages while they are under way. */
function noting(channel: Channel, sending: ReadonlyMap<string, Outgoing[]>): Channel {
  const underWay = sending.get(channel.name) ?? [];
  return {
    ...channel,
    async send(one) {
      underWay.push(one);
      try {
        return await channel.send(one);
      } finally {
        underWay.splice(underWay.indexOf(one), 1);
      }
    },
  };
}

function configOf(name: string): ChannelConfig {
  const config = CONFIGS.get(name);
  if (config === undefined) throw new Error(`no channel ${name}`);
  return config;
}

/** A call of the Slack bot. */
interface BotRequest {
  readonly isEdit: boolean;
  /** Whether it says an event; else it shows where a task stands. */
  readonly hasEvent: boolean;
  readonly thread: string | undefined;
}

function stepOf({ isEdit }: BotRequest): string {
  return isEdit ? 'edit ops' : 'root ops';
}

function botRequestIn({ url, body = '{}' }: HttpRequest): BotRequest | undefined {
  if (url.host !== BOT_HOST) return undefined;
  const { metadata, thread_ts: thread } = JSON.parse(body);
  return { isEdit: url.pathname.endsWith('chat.update'), hasEvent: metadata !== undefined, thread };
}

function settingsOf(name: string, quiet: NetworkInput['quiet'], isLive: boolean): ChannelConfig {
  const config = isLive && name === 'ops' ? BOT : configOf(name);
  return config.type === 'slack' ? { ...config, quiet: quiet[name] } : config;
}

/** Of types that are loaded: a run waits for nothing but its steps. */
function channelFor(name: string, config: ChannelConfig, http: HttpClient): Promise<Channel> {
  switch (config.type) {
    case 'slack':
      return channelOf(slack, name, config, { http });
    case 'slack_bot':
      return channelOf(slack_bot, name, config, { http });
    case 'webhook':
      return channelOf(webhook, name, config, { http });
    default:
      throw new TypeError(`no scenario has ${config.type}`);
  }
}

function audienceOf(channel: string): Audience {
  return configOf(channel).type === 'slack' ? 'people' : 'programs';
}

function channelAt({ url }: HttpRequest): string | undefined {
  if (url.host === BOT_HOST) return 'ops';
  return CHANNELS.find((name) => urlOf(configOf(name)) === url.href);
}

/** What a receiver of webhooks reads from a request. */
function eventIn({ body = '', headers }: HttpRequest): MigrationEvent {
  const event: MigrationEvent = JSON.parse(body);
  if (event.id !== headers['webhook-id']) throw new Error('the id in the header is not the id of the event');
  return event;
}

/** A request without the secrets that are meant for whom it goes to: what is left must show none. */
function openPartOf({ method, url, headers, body = '' }: HttpRequest, channel: string | undefined): string {
  const head = [method, url.href, JSON.stringify(headers)].join('\n');
  return `${secretsFor(channel).reduce((text, secret) => text.replaceAll(secret, ''), head)}\n${body}`;
}

/** @param channel nothing: the service */
function secretsFor(channel: string | undefined): readonly string[] {
  if (channel === undefined) return [CANARIES.accessKey, CANARIES.securityToken];
  if (audienceOf(channel) === 'people') return [CANARIES.slackPath, CANARIES.botToken];
  return [CANARIES.webhookPath(channel), CANARIES.bearer(channel)];
}
