import { channel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';

/** Sections of `NODE_DEBUG` in which undici prints the URL of each request; those of channels are secrets. */
const SECTIONS = ['undici', 'fetch', 'websocket'];
/** Diagnostics channels that feed the debug output. Node's built-in undici prints for ours, too. */
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

// Tracing of requests without NODE_DEBUG is not disturbed.
if (SECTIONS.some((section) => debuglog(section).enabled)) CHANNELS.forEach(mute);

/** Publishes nothing to present and future subscribers. undici, loaded next, keeps the channel alive. */
function mute(name: string): void {
  Object.defineProperties(channel(name), {
    hasSubscribers: { value: false },
    publish: { value: () => {} },
  });
}
