/** What we use of dynalite, which comes without types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB in memory. Milliseconds. */
  export default function dynalite(options?: { createTableMs?: number; deleteTableMs?: number }): Server;
}
