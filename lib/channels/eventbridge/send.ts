import type {
  EventBridgeClient,
  EventBridgeClientConfig,
  PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { defined } from '../../base/defined.ts';
import type { Secret } from '../../base/secret.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Proxies } from '../../http/proxies.ts';
import type { Classification } from '../answers/http-outcome.ts';
import type { Outcome, Outgoing } from '../channel.ts';
import { RECORDED, type Recorder, type Send } from '../channel-type.ts';
import { classify, classifyError, LATE } from './answers.ts';

/** For credentials, connection and answer together. */
export const TIMEOUT_MS = 12_000;

export interface Sender {
  /** Its ARN. */
  readonly bus: string;
  readonly endpoint: Secret | undefined;
  readonly proxies: Proxies | undefined;
  readonly recorder: Recorder | undefined;
}

/** Sends to one event bus. The SDK is loaded with the first event. */
export function createSender(sender: Sender): Send {
  let client: Promise<EventBridgeClient> | undefined;
  const url = addressOf(sender);
  return async ({ events: [event] }: Outgoing): Promise<Outcome> => {
    const startedAt = performance.now();
    const done = (found: Classification): Outcome => ({ ...found, ms: performance.now() - startedAt });
    try {
      // Mutant survives, `event === undefined` → `false`: the next line throws as well; only the class is shown.
      // Mutant survives, `'nothing to send'` → `""`: only the class of the error is shown.
      if (event === undefined) throw new TypeError('nothing to send');
      const entry = entryOf(event, sender.bus);
      if (sender.recorder !== undefined) {
        sender.recorder.content(entry);
        return RECORDED;
      }
      client ??= connect(sender);
      return done(await inTime(put(await client, entry)));
    } catch (error) {
      return done(classifyError(error, url));
    }
  };
}

async function connect({ bus, endpoint, proxies }: Sender): Promise<EventBridgeClient> {
  const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
  const { awsSettings } = await import('../../http/aws.ts');
  // One attempt: whether and when there is another is the schedule's.
  return new EventBridgeClient(
    defined<EventBridgeClientConfig>({
      ...awsSettings(proxies),
      maxAttempts: 1,
      region: regionOf(bus),
      endpoint: endpoint?.reveal(),
    }),
  );
}

/** `arn:aws:events:REGION:…` */
function regionOf(bus: string): string | undefined {
  return bus.split(':')[3];
}

/** Where it is, for the words of errors. */
export function addressOf({
  bus,
  endpoint,
}: {
  readonly bus: string;
  readonly endpoint?: Secret | undefined;
}): URL {
  const [, partition = 'aws'] = bus.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(endpoint?.reveal() ?? `https://events.${regionOf(bus)}.${suffix}`);
}

function entryOf(event: MigrationEvent, bus: string): PutEventsRequestEntry {
  return {
    Source: 'dcs-migration-watch',
    DetailType: event.type,
    Detail: JSON.stringify(event),
    EventBusName: bus,
    Time: new Date(event.time),
    Resources: [event.source],
  };
}

async function put(client: EventBridgeClient, entry: PutEventsRequestEntry): Promise<Classification> {
  const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  return classify(await client.send(new PutEventsCommand({ Entries: [entry] })));
}

/** The SDK looks for credentials without any bound of its own. */
async function inTime(work: Promise<Classification>): Promise<Classification> {
  const { promise: late, resolve } = Promise.withResolvers<Classification>();
  const timer = setTimeout(() => resolve(LATE), TIMEOUT_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
