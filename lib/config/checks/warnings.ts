import type { LoadedTypes } from '../../channels/index.ts';
import { endpointOf, otherEndpointOf } from '../../dcs/endpoints.ts';
import type { EnvironmentCredentials } from '../credentials.ts';
import { pathText } from '../path.ts';
import type { Value } from '../yaml/tree.ts';
import { type LenientConfig, type LenientProject, readLeniently } from './lenient.ts';
import { likelyMistyped } from './mistyped.ts';
import { likelyPlaceholders } from './placeholders.ts';

type Labels = Readonly<Record<string, string>>;
type NamedChannel = readonly [name: string, channel: LenientConfig['channels'][string]];

/** Warnings about allowed settings that are most likely mistakes; one line each. */
export function warningsAbout(
  value: Value,
  environment: EnvironmentCredentials,
  types: LoadedTypes,
): string[] {
  const lenient = readLeniently(value);
  const { projects, channels, groups } = lenient;
  const somebodyHas = labelsOf(projects);
  const named = Object.entries(channels);
  return [
    ...unusedHalves(projects, environment),
    ...projects.flatMap(unsureEndpoint),
    ...named.flatMap((channel) => labelsOfNobody(channel, somebodyHas)),
    ...named.flatMap((channel) => deafToGroups(channel, groups)),
    ...named.flatMap(deafToRetractions),
    ...Object.entries(groups).flatMap((group) => membersOfNoTask(group, somebodyHas)),
    ...likelyMistyped(lenient, types),
    ...likelyPlaceholders(value),
  ];
}

function unusedHalves(
  projects: readonly LenientProject[],
  { found, halves }: EnvironmentCredentials,
): string[] {
  const usesEnvironment = projects.some(({ credentials }) => credentials === undefined);
  if (found === undefined || !usesEnvironment) return [];
  return halves.map((half) => `${half}; another pair of variables is used`);
}

/** The warning about a region for whose endpoint sources disagree. */
function unsureEndpoint({ index, region, endpoint }: LenientProject): string[] {
  const other = region === undefined || endpoint !== undefined ? undefined : otherEndpointOf(region);
  if (region === undefined || other === undefined) return [];
  const path = pathText(['projects', index, 'region']);
  return [
    `${path}: sources disagree on the endpoint of ${region}; ${endpointOf(region)?.origin} is used. Set endpoint: to that, or to ${other} if it does not answer`,
  ];
}

/** Makes a check whether any configured or discovered task can have all of some labels. */
function labelsOf(projects: readonly LenientProject[]): (wanted: Labels) => boolean {
  const all = projects.flatMap(({ tasks, discover }) => [
    ...tasks.map(({ labels }) => labels),
    ...(discover === undefined ? [] : [discover.labels]),
  ]);
  return (wanted) =>
    all.some((labels) =>
      Object.entries(wanted).every(([label, text]) => Object.hasOwn(labels, label) && labels[label] === text),
    );
}

function labelsOfNobody([name, { when }]: NamedChannel, somebodyHas: (wanted: Labels) => boolean): string[] {
  if (Object.keys(when.labels).length === 0 || somebodyHas(when.labels)) return [];
  const path = pathText(['channels', name, 'when', 'labels']);
  return [`${path}: no task has these labels, so the channel gets nothing`];
}

function membersOfNoTask(
  [name, { labels }]: readonly [string, LenientConfig['groups'][string]],
  somebodyHas: (wanted: Labels) => boolean,
): string[] {
  if (labels === undefined || somebodyHas(labels)) return [];
  return [`${pathText(['groups', name, 'labels'])}: no task has these labels, so the group is empty`];
}

/** Events that a program may act on, and their retractions. */
const RETRACTIONS = new Map([
  ['migration.cutover_ready', 'migration.cutover_unready'],
  ['group.ready', 'group.retracted'],
]);

/** Programs that get an event to act on, but not its retraction. */
function deafToRetractions([name, { when }]: NamedChannel): string[] {
  const path = pathText(['channels', name, 'when', 'events']);
  return [...RETRACTIONS].flatMap(([word, retraction]) =>
    when.events.includes(word) && !when.events.includes(retraction)
      ? [`${path}: has ${word}, but not ${retraction}, which retracts it`]
      : [],
  );
}

const isOfGroups = (type: string) => type.startsWith('group.');

/** Filters that ask for events about groups and for a field that these lack. */
function deafToGroups([name, { when }]: NamedChannel, groups: LenientConfig['groups']): string[] {
  const at = (part: string) => pathText(['channels', name, 'when', part]);
  const { events, to, labels } = when;
  if (events.some(isOfGroups) && Object.keys(groups).length === 0) {
    return [`${at('events')}: there are no groups, so there are no events about them`];
  }
  const wantsOnlyGroups = when.groups.length > 0 || (events.length > 0 && events.every(isOfGroups));
  if (!wantsOnlyGroups) return [];
  const hindrances = [
    ...(events.length > 0 && !events.some(isOfGroups) ? ['events'] : []),
    ...(to.length > 0 ? ['to'] : []),
    ...(Object.keys(labels).length > 0 ? ['labels'] : []),
  ];
  return hindrances.map(
    (part) => `${at(part)}: no event about a group passes this, so the channel gets nothing`,
  );
}
