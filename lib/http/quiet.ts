import { channel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';

/** Sections of `NODE_DEBUG` in which undici prints the URL of each request; those of channels are secrets. */
const SECTIONS = ['undici', 'fetch', 'websocket'];
/** What it prints comes to it through these. Node has an undici of its own inside, which prints for ours, too. */
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

// Whoever traces requests without NODE_DEBUG is not disturbed.
if (SECTIONS.some((section) => debuglog(section).enabled)) CHANNELS.forEach(mute);

/** Whoever listens, or will: it is published nothing more. undici, which is loaded next, keeps the channel alive. */
function mute(name: string): void {
  Object.defineProperties(channel(name), {
    hasSubscribers: { value: false },
    publish: { value: () => {} },
  });
}
