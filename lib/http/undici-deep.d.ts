/**
 * The part of undici that this room uses. Loading the index (with fetch, WebSocket, caches, mocks) would take twice as
 * long in every cold start. The package has no `exports`, so its files can be imported, but only the index has types.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
