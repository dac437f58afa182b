/** A setting of a channel that `init` asks for. */
export interface AskedSetting {
  /** As the configuration calls it. */
  readonly setting: string;
  /** Without dashes: `slack-url-env`. */
  readonly option: string;
  /** For a secret the usual name of its environment variable; else its form, as an example. */
  readonly usual: string;
  readonly isSecret: boolean;
  /** The thing to fetch from the vendor, for the prompt. */
  readonly about: string;
  readonly isOptional?: true;
  /** Where nothing else is said, that of the project is meant. */
  readonly asProject?: 'region' | 'projectId';
  /** The form of a value that is no secret. */
  readonly form?: RegExp;
}

/** A type of channel that `init` can write. */
export interface AskedChannel {
  readonly type: string;
  /** The name of the service, for people. */
  readonly service: string;
  readonly settings: readonly AskedSetting[];
}

const URL_OF = 'the URL of its incoming webhook';

/** Values as EventGrid's console shows them. */
const OF_GRID = {
  eventChannel: '0b1c2d3e-0000-4000-8000-000000000000',
  eventSource: 'dcs-migration-watch',
  region: 'cn-north-4',
  projectId: '254d2280acb74d36a8b839746bcd7352',
} as const;

/** Types of channels with the settings that they cannot do without; a test holds them to their schemas. */
export const ASKED_CHANNELS: readonly AskedChannel[] = [
  { type: 'slack', service: 'Slack', settings: [secret('slack', 'url', 'SLACK_URL', URL_OF)] },
  {
    type: 'slack_bot',
    service: 'Slack, by a bot',
    settings: [
      secret('slack-bot', 'token', 'SLACK_BOT_TOKEN', 'its bot token'),
      plain('slack-bot', 'channel', 'C0123456789', 'the id of the conversation'),
    ],
  },
  chatWithSecret('feishu', 'Feishu / Lark', 'FEISHU'),
  chatWithSecret('dingtalk', 'DingTalk', 'DINGTALK'),
  { type: 'wecom', service: 'WeCom', settings: [secret('wecom', 'url', 'WECOM_URL', URL_OF)] },
  { type: 'welink', service: 'WeLink', settings: [secret('welink', 'url', 'WELINK_URL', URL_OF)] },
  {
    type: 'teams',
    service: 'Microsoft Teams',
    settings: [secret('teams', 'url', 'TEAMS_URL', 'the URL of its workflow')],
  },
  {
    type: 'smn',
    service: 'SMN topic',
    settings: [plain('smn', 'topic', 'urn:smn:cn-north-4:PROJECT_ID:TOPIC', 'the URN of the topic')],
  },
  {
    type: 'email',
    service: 'E-mail',
    settings: [
      secret('email', 'url', 'SMTP_URL', 'the URL of the mail server'),
      plain('email', 'from', 'watch@example.com', 'the sender'),
      plain('email', 'to', 'dba@example.com', 'who gets the mails'),
    ],
  },
  {
    type: 'pagerduty',
    service: 'PagerDuty',
    settings: [secret('pagerduty', 'routingKey', 'PAGERDUTY_KEY', 'the integration key of a service')],
  },
  {
    type: 'eventbridge',
    service: 'Amazon EventBridge',
    settings: [
      {
        ...plain(
          'eventbridge',
          'bus',
          'arn:aws:events:eu-west-1:123456789012:event-bus/redis',
          'the ARN of the bus',
        ),
        form: /^arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/,
      },
    ],
  },
  {
    type: 'eventgrid',
    service: 'EventGrid',
    settings: [
      { ...ofGrid('eventChannel', 'the id of the custom event channel'), form: /^[\da-z-]{1,64}$/i },
      { ...ofGrid('eventSource', 'the name of its custom event source'), form: /^[\w.-]{1,128}$/ },
      { ...ofGrid('region', 'the region of the event channel'), asProject: 'region' },
      { ...ofGrid('projectId', 'the id of the project that has it'), asProject: 'projectId' },
    ],
  },
  {
    type: 'webhook',
    service: 'Webhook, for a program',
    settings: [
      secret('webhook', 'url', 'WEBHOOK_URL', 'its URL'),
      secret('webhook', 'secret', 'WEBHOOK_SECRET', 'its signing secret, whsec_…'),
    ],
  },
];

function chatWithSecret(type: string, service: string, prefix: string): AskedChannel {
  return {
    type,
    service,
    settings: [
      secret(type, 'url', `${prefix}_URL`, URL_OF),
      { ...secret(type, 'secret', `${prefix}_SECRET`, 'its signing secret'), isOptional: true },
    ],
  };
}

function secret(prefix: string, setting: string, usual: string, about: string): AskedSetting {
  const word = setting === 'routingKey' ? 'key' : setting;
  return { setting, option: `${prefix}-${word}-env`, usual, isSecret: true, about };
}

function plain(prefix: string, setting: string, usual: string, about: string): AskedSetting {
  const words = setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { setting, option: `${prefix}-${words}`, usual, isSecret: false, about };
}

function ofGrid(setting: keyof typeof OF_GRID, about: string): AskedSetting {
  return plain('eventgrid', setting, OF_GRID[setting], about);
}
