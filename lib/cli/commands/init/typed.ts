import type { Env } from '../../../base/env.ts';
import { dcsEndpointOf } from '../../../config/endpoint.ts';
import type { LanguageName } from '../../../language/index.ts';
import { forCommandLine } from '../tasks/resolve-project.ts';
import type { Answers, ChosenChannel, ProjectPlace } from './answers.ts';
import { ASKED_CHANNELS, type AskedChannel, type AskedSetting } from './channels.ts';
import { channelsIn, languageIn, projectIdIn, regionIn } from './defaults.ts';

/** Options of `init` as they were typed. */
export interface InitOptions {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly projectId?: string | undefined;
  readonly projectName?: string | undefined;
  readonly task: readonly string[];
  readonly discover?: true | string | undefined;
  readonly allowInsecure: boolean;
  readonly language?: LanguageName | undefined;
  readonly yes: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
  /** Options of channels, by their names without dashes. */
  readonly ofChannels: ReadonlyMap<string, string>;
}

/** Answers that are complete, or every option that is missing or wrong. */
export type Typed = TypedAnswers | { readonly problems: readonly string[] };

/** Answers without what the environment says of the key. */
export interface TypedAnswers {
  readonly place: ProjectPlace;
  readonly projectName: string | undefined;
  readonly tasks: readonly string[];
  readonly discover: Answers['discover'];
  readonly channels: readonly ChosenChannel[];
  readonly language: LanguageName | undefined;
}

/** Reads the answers of a command line. With `--yes`, what is not there is taken from the environment, and all tasks. */
export function typedAnswers(options: InitOptions, env: Env): Typed {
  const { region, endpoint, projectId, discover, ...rest } = options.yes
    ? withDefaults(options, env)
    : options;
  const { channels: named, problems } = typedChannels(options.ofChannels, { region, projectId });
  const channels = named.length === 0 && options.yes ? channelsIn(env) : named;
  const { allowInsecure, projectName, task: tasks, language } = rest;
  const needs: readonly (readonly [string, boolean])[] = [
    ['--region (or --endpoint) is missing', region !== undefined || endpoint !== undefined],
    ['--project-id is missing', projectId !== undefined],
    ['--task or --discover is missing', tasks.length > 0 || discover !== undefined],
    ['a channel is missing, such as --slack-url-env SLACK_URL', channels.length > 0],
  ];
  const missing = needs.flatMap(([words, isThere]) => (isThere ? [] : [words]));
  const wrong = [...missing, ...problems, ...placeProblems({ region, endpoint, allowInsecure })];
  if (projectId === undefined || wrong.length > 0) return { problems: wrong };
  return {
    place: { region, endpoint, projectId, allowInsecure },
    projectName,
    tasks,
    discover,
    channels,
    language,
  };
}

function withDefaults(options: InitOptions, env: Env): InitOptions {
  const { endpoint, task } = options;
  return {
    ...options,
    region: options.region ?? (endpoint === undefined ? regionIn(env) : undefined),
    projectId: options.projectId ?? projectIdIn(env),
    discover: options.discover ?? (task.length === 0 ? true : undefined),
    language: options.language ?? languageIn(env),
  };
}

/** The problem of a region or an endpoint, in the words of the command line. */
export function placeProblems(place: {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly allowInsecure: boolean;
}): string[] {
  if (place.region === undefined && place.endpoint === undefined) return [];
  const found = dcsEndpointOf(place);
  return 'message' in found ? [`--${found.at} ${forCommandLine(found.message)}`] : [];
}

/** Settings that a channel may share with the project. */
export type Shared = Readonly<Partial<Record<NonNullable<AskedSetting['asProject']>, string | undefined>>>;

export function typedChannels(typed: ReadonlyMap<string, string>, shared: Shared) {
  const problems: string[] = [];
  const answerTo = ({ option, asProject }: AskedSetting) =>
    typed.get(option) ?? (asProject === undefined ? undefined : shared[asProject]);
  const channels = ASKED_CHANNELS.flatMap((channel): ChosenChannel[] => {
    if (!channel.settings.some(({ option }) => typed.has(option))) return [];
    problems.push(...channelProblems(channel, answerTo));
    const settings = channel.settings.flatMap((one) => {
      const value = answerTo(one);
      return value === undefined ? [] : [{ setting: one.setting, value, isVariable: one.isSecret }];
    });
    return [{ type: channel.type, settings }];
  });
  return { channels, problems };
}

function channelProblems(
  { settings }: AskedChannel,
  answerTo: (one: AskedSetting) => string | undefined,
): string[] {
  return settings.flatMap((one) => {
    const value = answerTo(one);
    if (value === undefined) return one.isOptional ? [] : [`--${one.option} is missing`];
    const problem = settingProblem(one, value);
    return problem === undefined ? [] : [`--${one.option} ${problem}`];
  });
}

/** A secret that somebody pastes in place of a name is not repeated. */
export function settingProblem({ isSecret, usual, form }: AskedSetting, value: string): string | undefined {
  if (isSecret)
    return /^[A-Za-z_]\w*$/.test(value)
      ? undefined
      : `expects the name of an environment variable, such as ${usual}`;
  const isFine = form === undefined ? value.trim() !== '' : form.test(value);
  return isFine ? undefined : `expects something such as ${usual}`;
}
