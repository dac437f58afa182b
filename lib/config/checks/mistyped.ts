import * as z from 'zod/mini';
import { nearest } from '../../base/nearest.ts';
import { addressWarning } from '../../channels/hooks.ts';
import type { LoadedTypes } from '../../channels/index.ts';
import { PHASES } from '../../events/phase.ts';
import { exchangeProblem } from '../../huawei/key-form.ts';
import { isStatusKnown, KNOWN_STATUSES } from '../../migration/model/status.ts';
import { type Path, pathText } from '../path.ts';
import type { LenientConfig } from './lenient.ts';

/** Warnings about allowed values that are most likely mistakes; one line each, without values that may be secret. */
export function likelyMistyped(lenient: LenientConfig, types: LoadedTypes): string[] {
  return [
    ...strangeIds(lenient),
    ...swappedKeys(lenient),
    ...strangeStatuses(lenient),
    ...strangeUrls(lenient, types),
    ...sameUrls(lenient),
    ...mentionsOfNobody(lenient, types),
    ...regularExpressions(lenient),
    ...fractions(lenient),
  ];
}

function line(path: Path, message: string): string {
  return `${pathText(path)}: ${message}`;
}

/** All ids in the API's documents are 32 hexadecimal digits, or a UUID of as many. */
const DIGITS = 32;

/** Ids of an unusual form. Without the warning, a mistyped id would only show as a missing task. */
function strangeIds({ projects, groups }: LenientConfig): string[] {
  const ids = [
    ...projects.flatMap(({ id, index, tasks }) => [
      { id, path: ['projects', index, 'id'] },
      ...tasks.map((task, i) => ({ id: task.id, path: ['projects', index, 'tasks', i] })),
    ]),
    ...Object.entries(groups).flatMap(([name, { tasks = [] }]) =>
      tasks.map((id, i) => ({ id, path: ['groups', name, 'tasks', i] })),
    ),
  ];
  const strange = ids.flatMap(({ id, path }) => {
    const problem = id === undefined ? undefined : idProblem(id);
    return problem === undefined ? [] : [line(path, problem)];
  });
  const ofProjects = new Set(projects.map(({ id }) => id));
  const mixedUp = projects.flatMap(({ index, tasks }) =>
    tasks.flatMap(({ id }, i) =>
      id !== undefined && ofProjects.has(id) ? [line(['projects', index, 'tasks', i], OF_A_PROJECT)] : [],
    ),
  );
  return [...strange, ...mixedUp];
}

const OF_A_PROJECT = 'is the id of a project; expected the id of a migration task';

function idProblem(id: string): string | undefined {
  const digits = id.replaceAll('-', '');
  const odd = digits.replace(/[0-9a-f]/gi, '');
  if (digits.length === DIGITS && odd === '') return undefined;
  const found = odd === '' ? `this has ${digits.length}` : 'this has other characters in it';
  return `ids have ${DIGITS} hexadecimal digits, ${found}; copy it again from the console`;
}

function swappedKeys({ projects }: LenientConfig): string[] {
  return projects.flatMap(({ index, credentials: { accessKey = '', secretKey = '' } = {} }) => {
    const problem = exchangeProblem({ accessKey, secretKey });
    return problem === undefined ? [] : [line(['projects', index, 'credentials'], problem)];
  });
}

/** Unknown statuses in filters. They are allowed, since statuses are an open set, but most likely never come. */
function strangeStatuses({ channels }: LenientConfig): string[] {
  return Object.entries(channels).flatMap(([name, { when }]) =>
    when.to.flatMap((word, i) => {
      if (isStatusKnown(word) || PHASES.some((phase) => phase === word)) return [];
      const meant = nearest(word, [...PHASES, ...KNOWN_STATUSES]);
      const hint = meant === undefined ? `known are ${KNOWN_STATUSES.join(', ')}` : `did you mean ${meant}?`;
      return [line(['channels', name, 'when', 'to', i], `is not a known status; ${hint}`)];
    }),
  );
}

/** URLs of another service than the channel's type. A URL is a secret, so a message only names its likely service. */
function strangeUrls({ channels }: LenientConfig, types: LoadedTypes): string[] {
  return Object.entries(channels).flatMap(([name, { type = '', url = '' }]) => {
    const parsed = URL.parse(url);
    const problem = parsed === null ? undefined : addressWarning(type, types.get(type)?.audience, parsed);
    return problem === undefined ? [] : [line(['channels', name, 'url'], problem)];
  });
}

/**
 * Channels with the same URL, whose readers would get everything twice. Many channels share a mail server, so it does
 * not count.
 */
function sameUrls({ channels }: LenientConfig): string[] {
  const seen = new Map<string, string>();
  return Object.entries(channels).flatMap(([name, { type, url }]) => {
    if (url === undefined || MAIL_SERVER.test(url)) return [];
    const first = seen.get(`${type} ${url}`);
    const message = `is the same as that of channel ${first}: events that match both are sent there twice`;
    if (first !== undefined) return [line(['channels', name, 'url'], message)];
    seen.set(`${type} ${url}`, name);
    return [];
  });
}

const MAIL_SERVER = /^smtps?:/i;

/**
 * Chats with `mentionOn` but without `mention`. A type that can mention nobody may have `mentionOn`, because all chats
 * share it.
 */
function mentionsOfNobody({ channels }: LenientConfig, types: LoadedTypes): string[] {
  return Object.entries(channels).flatMap(([name, { type = '', mention, mentionOn }]) => {
    if (mentionOn.length === 0 || mention !== undefined) return [];
    const schema = types.get(type)?.schema;
    const canMention = !(schema instanceof z.ZodMiniObject) || 'mention' in schema.shape;
    const message = canMention ? NO_MENTION : `has no effect: ${type} can mention nobody`;
    return [line(['channels', name, 'mentionOn'], message)];
  });
}

const NO_MENTION = 'nobody is mentioned, because the channel has no mention';

const REGULAR = /\.\*|\.\+|^\^|\$$|\\[dw.]|\(.*\|.*\)/;

/** Patterns that look like regular expressions: `orders-.*` only fits names with a dot. */
function regularExpressions({ projects }: LenientConfig): string[] {
  const message =
    'looks like a regular expression; here * stands for any characters, ? for one, and everything else for itself';
  return projects
    .filter(({ discover }) => REGULAR.test(discover?.name ?? ''))
    .map(({ index }) => line(['projects', index, 'discover', 'name'], message));
}

/** Percentages that look like fractions: 25 and 1 are right, 0.25 and 0.01 are not. */
function fractions({ settings: { progress, cutover } }: LenientConfig): string[] {
  const message = (percent: number) =>
    `is ${percent} percent; did you mean ${Number((percent * 100).toFixed(4))}?`;
  const marks = progress.flatMap((mark, i) =>
    mark > 0 && mark < 1 ? [line(['settings', 'progress', i], message(mark))] : [],
  );
  const { maxKeyGap = 1 } = cutover;
  const isTiny = maxKeyGap > 0 && maxKeyGap <= 0.05;
  return isTiny ? [...marks, line(['settings', 'cutover', 'maxKeyGap'], message(maxKeyGap))] : marks;
}
