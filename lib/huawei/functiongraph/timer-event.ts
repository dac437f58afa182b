import { isObject, parseJson } from '../../base/json.ts';

/**
 * The request in an event. A timer trigger passes on a text of its own (`user_event`): an object in
 * JSON, such as `{"project":"prod"}`, counts in place of the event.
 */
export function askedIn(event: unknown): unknown {
  const text = isObject(event) ? event['user_event'] : undefined;
  const own = typeof text === 'string' ? parseJson(text) : undefined;
  return isObject(own) ? own : event;
}
