/** LiquidJS as bodies may use it: the same event makes the same bytes at any time, without files, within limits. */
import { Drop, type FilterImplOptions, Liquid } from 'liquidjs';
import { TemplateError } from './error.ts';

/** Read or render other files. */
const TAGS_OF_FILES = ['include', 'render', 'layout', 'block'];
/** `sample` is random, and `raw` leaves out the check of {@link asText}. */
const OTHER_FILTERS = ['sample', 'raw'];
const FILTERS_OF_TIME = [
  'date',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
];

/** For all templates of one body together. */
export const MOST_RENDER_MS = 1000;

const OPTIONS = {
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  parseLimit: 64 * 1024,
  renderLimit: MOST_RENDER_MS,
  memoryLimit: 1_000_000,
  templates: {},
  timezoneOffset: 0,
  locale: 'en-US',
} as const;

function restricted(engine: Liquid): Liquid {
  for (const tag of TAGS_OF_FILES) delete engine.tags[tag];
  for (const filter of OTHER_FILTERS) engine.unregisterFilter(filter);
  for (const name of FILTERS_OF_TIME) {
    const filter = engine.filters[name];
    if (typeof filter === 'function') engine.registerFilter(name, timeless(filter));
  }
  return engine;
}

/** A moment that is the same on every machine: seconds since the epoch, or ISO 8601 with its zone. */
const MOMENT = /^(?:\d+|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))$/;

/** A filter of dates that knows no clock and no zone of the machine. Another text stays as it is, as LiquidJS has it. */
function timeless(filter: Extract<FilterImplOptions, (...args: never[]) => unknown>): FilterImplOptions {
  return function (value: unknown, ...args: unknown[]) {
    if (value === 'now' || value === 'today') throw new TemplateError('value', OF_THE_CLOCK);
    const isMoment = typeof value === 'number' || (typeof value === 'string' && MOMENT.test(value));
    return isMoment ? filter.call(this, value, ...args) : value;
  };
}

const OF_THE_CLOCK =
  'reads the clock, and an event must have the same body on every attempt; use time, the moment of the event';

/** A value inside a longer text. A list or a group of values would be printed in a form that nobody can use. */
function asText(value: unknown): string {
  if (value === undefined || value === null || value instanceof Drop) return '';
  if (Array.isArray(value)) throw new TemplateError('value', 'prints a list; add | join: ", " or | json');
  if (typeof value === 'object') {
    throw new TemplateError('value', 'prints a group of fields; name one of them, or add | json');
  }
  return String(value);
}

/** For templates that are one expression: keeps the type of its value. */
export const VALUES = restricted(new Liquid(OPTIONS));
/** For all others. */
export const TEXTS = restricted(new Liquid({ ...OPTIONS, outputEscape: asText }));
