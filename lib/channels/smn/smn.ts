import * as z from 'zod/mini';
import { addressOf } from '../../huawei/regions.ts';
import { apiAddress, apiUrl, channelShape, safeAddress } from '../channel-type.ts';
import { chat } from '../chat/chat.ts';
import { PLAIN, textRoom } from '../chat/layout.ts';
import { chatShape } from '../chat/people.ts';
import { huaweiShape, signedAt } from '../huawei.ts';
import { classify } from './answers.ts';
import { LIMITS, renderMessage, simplify } from './render.ts';
import { ofKnownRegion, topicOf, topicSchema } from './topic.ts';

const schema = z
  .strictObject({
    type: z.literal('smn'),
    topic: topicSchema,
    ...huaweiShape,
    endpoint: apiAddress('that of SMN in the region of the topic'),
    ...channelShape,
    ...chatShape,
  })
  .check(
    safeAddress('endpoint'),
    ofKnownRegion,
    z.describe('A topic of Simple Message Notification (SMN) of Huawei Cloud.'),
  );

/** The vectors of the signature have it so, and it is signed. */
const CONTENT_TYPE = 'application/json;charset=UTF-8';

/** A topic of SMN: plain text for e-mail, SMS, voice, and the chats that subscribe to it. */
export const smn = chat(schema, {
  needsHuaweiKey: true,
  place: ({ topic, endpoint }) =>
    new URL(endpoint?.reveal() ?? addressOf('smn', topicOf(topic)?.region ?? '')),
  room: () => textRoom(PLAIN, LIMITS),
  render: (message, _config, { events }) => renderMessage(message, events),
  request: async (payload, config, now, deps) => {
    const { topic, endpoint } = config;
    const { region = '', projectId = '' } = topicOf(topic) ?? {};
    const path = `/v2/${projectId}/notifications/topics/${topic}/publish`;
    const url = apiUrl(endpoint, addressOf('smn', region), path);
    const unsigned = { url, contentType: CONTENT_TYPE, body: JSON.stringify(payload) };
    const { headers, privateRange } = await signedAt(now, unsigned, config, deps);
    return { url, headers, body: payload, privateRange };
  },
  simplify,
  classify,
});
