import { LANGUAGE_NAMES, type LanguageName } from '../../../language/index.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Answers, ChosenChannel, ChosenSetting, ProjectPlace } from './answers.ts';
import { ASKED_CHANNELS, type AskedChannel } from './channels.ts';
import { channelsIn, languageIn, projectIdIn, regionIn } from './defaults.ts';
import type { KeyState } from './key.ts';
import { listTasks } from './listed.ts';
import type { Prompts } from './prompts.ts';
import {
  type InitOptions,
  placeProblems,
  type Shared,
  settingProblem,
  type TypedAnswers,
  typedChannels,
} from './typed.ts';

/** Asks for what the command line does not say. */
export async function askedAnswers(
  options: InitOptions,
  key: KeyState,
  prompts: Prompts,
  terminal: Terminal,
): Promise<TypedAnswers> {
  const place = await askPlace(options, prompts, terminal);
  const projectName = options.projectName ?? (await askName(prompts));
  for (const line of key.advice) prompts.note(line);
  if (key.isFound) prompts.note(`The access key comes from ${key.variables}.`);
  const { tasks, discover } = await askTasks(options, { place, key }, prompts, terminal);
  const typed = typedChannels(options.ofChannels, place);
  for (const problem of typed.problems) prompts.note(problem);
  const isTyped = typed.channels.length > 0 && typed.problems.length === 0;
  const channels = isTyped ? typed.channels : await askChannels(place, prompts, terminal);
  const language = options.language ?? (await askLanguage(prompts, terminal));
  return { place, projectName, tasks, discover, channels, language };
}

const OWN_NAMES: Readonly<Record<LanguageName, string>> = { en: 'English', zh: '中文' };

/** The language of the terminal comes first. */
async function askLanguage({ one }: Prompts, { env }: Terminal): Promise<LanguageName | undefined> {
  const first = languageIn(env);
  const names = LANGUAGE_NAMES.toSorted((a, b) => Number(b === first) - Number(a === first));
  const choices = names.map((name) => ({ value: name, label: OWN_NAMES[name] }));
  const chosen = await one('Language of the messages', choices);
  return names.find((name) => name === chosen);
}

async function askPlace(
  { region, endpoint, projectId, allowInsecure }: InitOptions,
  { text }: Prompts,
  { env }: Terminal,
): Promise<ProjectPlace> {
  const isKnown = region !== undefined || endpoint !== undefined;
  const problem = (answer: string) =>
    placeProblems({ region: answer, endpoint: undefined, allowInsecure })[0]?.replace(/^--region /, '');
  const asked = isKnown
    ? region
    : await text({ message: 'Region', example: 'cn-north-4', before: regionIn(env), problem });
  const id =
    projectId ??
    (await text({
      message: 'Project id (in the console under "My Credentials")',
      example: '254d2280acb74d36a8b839746bcd7352',
      before: projectIdIn(env),
      problem: (answer) => (/^[A-Za-z0-9-]{1,64}$/.test(answer) ? undefined : 'expects the id of a project'),
    }));
  return { region: asked, endpoint, projectId: id, allowInsecure };
}

async function askName({ text }: Prompts): Promise<string | undefined> {
  const name = await text({
    message: 'A name of the project for people (may be empty)',
    example: 'prod',
    isOptional: true,
  });
  return name === '' ? undefined : name;
}

interface AccessAnswers {
  readonly place: ProjectPlace;
  readonly key: KeyState;
}

interface Tasks {
  readonly tasks: readonly string[];
  readonly discover: Answers['discover'];
}

const DISCOVER = { value: 'discover', label: 'All, also those that come later' };

async function askTasks(
  { task: tasks, discover }: InitOptions,
  { place, key }: AccessAnswers,
  prompts: Prompts,
  terminal: Terminal,
): Promise<Tasks> {
  if (tasks.length > 0 || discover !== undefined) return { tasks, discover };
  const listed = key.isFound
    ? await prompts.during('Listing the migration tasks …', listTasks(place, terminal))
    : { tasks: [] };
  if ('problem' in listed) prompts.note(`They cannot be listed: ${listed.problem}`);
  const found = 'problem' in listed ? [] : listed.tasks;
  const choose = { value: 'choose', label: found.length > 0 ? 'Some of them' : 'Those whose ids I type' };
  const which = await prompts.one('Which migration tasks?', [DISCOVER, choose]);
  if (which === DISCOVER.value) return { tasks: [], discover: true };
  const choices = found.map(({ id, name = id, status }) => ({ value: id, label: name, hint: status }));
  const chosen =
    choices.length > 0 ? await prompts.some('Which ones?', choices, []) : await typedIds(prompts);
  return { tasks: chosen, discover: undefined };
}

async function typedIds({ text }: Prompts): Promise<string[]> {
  const ids = await text({
    message: 'Ids of the tasks, with blanks between them',
    example: 'a276c1ffa0a54c2597fc824b917db317',
  });
  return ids.split(/[\s,]+/).filter((id) => id !== '');
}

async function askChannels(shared: Shared, prompts: Prompts, { env }: Terminal): Promise<ChosenChannel[]> {
  const choices = ASKED_CHANNELS.map(({ type, service }) => ({ value: type, label: service }));
  const before = channelsIn(env).map(({ type }) => type);
  const wanted = await prompts.some('Who is told?', choices, before);
  const channels: ChosenChannel[] = [];
  for (const channel of ASKED_CHANNELS.filter(({ type }) => wanted.includes(type)))
    channels.push({ type: channel.type, settings: await askSettings(channel, shared, prompts) });
  return channels;
}

async function askSettings(
  { service, settings }: AskedChannel,
  shared: Shared,
  { text }: Prompts,
): Promise<ChosenSetting[]> {
  const chosen: ChosenSetting[] = [];
  for (const one of settings) {
    const { setting, isSecret, isOptional = false, usual, about, asProject } = one;
    const value = await text({
      message: isSecret
        ? `${service}: environment variable with ${about}${isOptional ? ' (may be empty)' : ''}`
        : `${service}: ${about}`,
      example: usual,
      before: asProject === undefined ? (isSecret && !isOptional ? usual : undefined) : shared[asProject],
      isOptional,
      problem: (answer) => settingProblem(one, answer),
    });
    if (value !== '') chosen.push({ setting, value, isVariable: isSecret });
  }
  return chosen;
}
