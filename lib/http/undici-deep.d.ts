/**
 * The part of undici that we need. Loading its index takes twice as long (fetch, WebSocket, caches, mocks), which
 * every cold start would pay; the package has no `exports`, so its files are importable, but it types only its index.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
