import type { Clock } from '../../base/time/clock.ts';
import type { HttpClient } from '../../http/client.ts';

/** The clocks of servers, by the origin of their addresses. */
export interface ServerClocks {
  /** The client whose answers are read. */
  readonly http: HttpClient;
  /** Our clock minus that of the server, in milliseconds; nothing where none of its answers had a readable date. */
  offsetOf(origin: string): number | undefined;
}

/** An HTTP date has whole seconds. */
const HALF_SECOND_MS = 500;

/** Reads the header `Date` of every answer beside whatever it was asked for. */
export function readServerClocks(http: HttpClient, clock: Clock): ServerClocks {
  const offsets = new Map<string, number>();
  return {
    http: {
      ...http,
      async request(request, limits) {
        const sentAt = clock.now();
        const response = await http.request(request, limits);
        const date = Date.parse(response.headers['date'] ?? '');
        const middle = (sentAt + clock.now()) / 2;
        if (!Number.isNaN(date)) offsets.set(request.url.origin, middle - (date + HALF_SECOND_MS));
        return response;
      },
    },
    offsetOf: (origin) => offsets.get(origin),
  };
}
