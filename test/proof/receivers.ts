import { HttpError, type HttpLimits, type HttpResponse } from '../../lib/http/client.ts';
import type { Answer } from './faults.ts';

const HOST = 'receiver.example';

/** Whether the receiver has the message, and whether the sender can know. */
export interface Taking {
  readonly isTaken: boolean;
  readonly isAmbiguous: boolean;
}

export function takingOf(answer: Answer): Taking {
  const isAmbiguous = answer === 'answer lost' || answer === 'late answer';
  return { isTaken: answer === 'ok' || isAmbiguous, isAmbiguous };
}

/**
 * What the sender gets to see of an answer.
 *
 * @param pass lets time pass (milliseconds)
 * @throws {HttpError} when there is no answer
 */
export function respond(answer: Answer, limits: HttpLimits, pass: (ms: number) => void): HttpResponse {
  switch (answer) {
    case 'ok':
      return response(200, 'ok');
    case 'answer lost':
    case 'reset':
      throw failure('connection', 'the connection was closed before the answer', 0);
    case 'late answer':
    case 'time-out':
      pass(limits.timeoutMs);
      throw failure('timeout', 'no answer in time', limits.timeoutMs);
    case 'error 500':
      return response(500);
    case 'busy 503':
      return response(503, '', { 'retry-after': '90' });
    case 'rest 429':
      return response(429, '', { 'retry-after': '120' });
    case 'denied 401':
      return response(401);
    case 'gone 410':
      return response(410);
    case 'refused 422':
      return response(422);
    case 'form refused':
      return response(400, 'invalid_blocks');
  }
}

function response(status: number, body = '', headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers, body, truncated: false, ms: 0 };
}

function failure(code: 'connection' | 'timeout', message: string, ms: number): HttpError {
  return new HttpError({ code, host: HOST, ms, message: `${HOST}: ${message}` });
}
