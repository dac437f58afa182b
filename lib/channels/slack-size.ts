import type { SlackMessage } from './slack-blocks.ts';
import { withinRoom } from './slack-text.ts';

/** Characters of a text that Slack takes in any case: it advises 4000 at most (chat.postMessage, "Truncating content"). */
const PLAIN = 3000;

/** The same without anything that could be refused for its form or its length. */
export function plainMessage({ text, mrkdwn }: SlackMessage): SlackMessage {
  if (text.length <= PLAIN) return { text, mrkdwn };
  const lines = withinRoom(text.split('\n'), PLAIN - 1);
  return { text: [...lines, '…'].join('\n'), mrkdwn };
}
