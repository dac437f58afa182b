import { isObject, parseJson } from '../../base/json.ts';

/**
 * What an event asks for. A trigger of the timer has a text of its own, which it passes on (`user_event`): an object in
 * JSON, such as `{"project":"prod"}`, counts in place of the event.
 */
export function askedIn(event: unknown): unknown {
  const text = isObject(event) ? event['user_event'] : undefined;
  const own = typeof text === 'string' ? parseJson(text) : undefined;
  return isObject(own) ? own : event;
}
