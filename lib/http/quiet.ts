import { channel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';

/** Sections of `NODE_DEBUG` in which undici prints the URL of each request. The URLs of channels are secrets. */
const SECTIONS = ['undici', 'fetch', 'websocket'];
/** Diagnostics channels behind the debug output. Node's built-in undici also prints requests of our copy. */
const CHANNELS = [
  'undici:client:beforeConnect',
  'undici:client:connected',
  'undici:client:connectError',
  'undici:client:sendHeaders',
  'undici:request:create',
  'undici:request:headers',
  'undici:request:trailers',
  'undici:request:error',
];

// Without NODE_DEBUG the channels stay open for tracing.
if (SECTIONS.some((section) => debuglog(section).enabled)) CHANNELS.forEach(mute);

/** Stops a channel from publishing to any subscriber. Undici, loaded next, keeps the channel alive. */
function mute(name: string): void {
  Object.defineProperties(channel(name), {
    hasSubscribers: { value: false },
    publish: { value: () => {} },
  });
}
