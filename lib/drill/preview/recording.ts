import { parseJson } from '../../base/json.ts';
import type { Recorder } from '../../channels/channel-type.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Message } from '../../messages/message.ts';

/** The request that one attempt would have sent. */
export interface Recorded {
  readonly message: Message | undefined;
  /** Bodies of requests, or what goes another way, in order. */
  readonly bodies: readonly unknown[];
}

/** An HTTP client and a recorder that keep what they get. No connection is ever made. */
export interface Recording {
  readonly http: HttpClient;
  readonly recorder: Recorder;
  /** The requests since the last call. */
  take(): Recorded;
}

/** Every vendor finds in it that the message was taken, and Slack's the place of the new one. */
const TAKEN = JSON.stringify({ ok: true, channel: 'C0000000000', ts: '1.1', errcode: 0 });

export function createRecording(): Recording {
  let message: Message | undefined;
  let bodies: unknown[] = [];
  return {
    http: {
      async request({ body = '' }) {
        bodies.push(parseJson(body) ?? body);
        return { status: 200, headers: {}, body: TAKEN, truncated: false, ms: 0 };
      },
      close: async () => undefined,
    },
    recorder: {
      message(composed) {
        message = composed;
      },
      content: (content) => void bodies.push(content),
    },
    take() {
      const taken = { message, bodies };
      message = undefined;
      bodies = [];
      return taken;
    },
  };
}
