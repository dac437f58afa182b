import { defined } from '../base/defined.ts';
import type {
  Dossier,
  EventData,
  EventFacts,
  EventGroup,
  LastFigures,
  MigrationEvent,
  NamedTasks,
  Readiness,
} from '../events/event.ts';
import { en } from '../language/en.ts';
import type { Language } from '../language/language.ts';

/** A sentence, made from codes and figures. */
type Words = (language: Language) => string | undefined;

/**
 * An event with its English sentences in another language. Names, statuses and the service's own words stay as they are:
 * they are data.
 */
export function translate(event: MigrationEvent, language: Language): MigrationEvent {
  if (language === en) return event;
  const { type, data } = event;
  const facts = factsIn(event, language);
  const summary = say(data.summary, (one) => sentenceIn(type, factsIn(event, one), one), language);
  return { ...event, data: { ...data, ...facts, summary } };
}

/** The sentence of an event as it is stored, with the facts that it was made of. */
export interface StoredSentence {
  readonly type: string;
  readonly summary: string;
  readonly facts?: EventFacts;
}

/** The log cuts summaries: so much of a sentence is enough to know it by. */
const KNOWN_BY = 40;

/**
 * The sentence of a stored event, without the name of its subject.
 *
 * @returns nothing where its facts do not make the stored one
 */
export function retranslate(
  { type, summary, facts }: StoredSentence,
  language: Language,
): string | undefined {
  if (facts === undefined || !isType(type)) return undefined;
  try {
    const english = en.summarise(type, facts);
    if (english === undefined || !summary.includes(english.slice(0, KNOWN_BY))) return undefined;
    return language.summarise(type, factsIn({ type, data: facts }, language));
  } catch {
    // Facts that somebody damaged make no sentence.
    return undefined;
  }
}

function isType(type: string): type is MigrationEvent['type'] {
  return Object.hasOwn(en.sentences, type);
}

/**
 * A sentence is made anew only where English makes the stored one: an older version may have stored too few codes for
 * it, a newer one a code that is not known here. Then readers get what was stored.
 */
function say(stored: string, words: Words, language: Language): string {
  return words(en) === stored ? (words(language) ?? stored) : stored;
}

function sentenceIn(
  type: MigrationEvent['type'],
  facts: EventFacts,
  { values, colon, summarise }: Language,
): string | undefined {
  const [name, text] = [values.subject(facts), summarise(type, facts)];
  return name === undefined || text === undefined ? text : `${name}${colon}${text}`;
}

/** Everything of an event but its summary. */
function factsIn(
  { type, data }: { readonly type: MigrationEvent['type']; readonly data: EventFacts },
  language: Language,
): EventFacts {
  const { readiness, lastFigures, group, dossier } = data;
  const changed = defined({
    readiness: readiness && readinessIn(readiness, language),
    lastFigures: lastFigures && lastFiguresIn(lastFigures, language),
    group: group && groupIn(group, language),
    dossier: dossier && dossierIn(dossier, language),
    unchecked: uncheckedIn(data, language),
    channel: data.channel && reasonIn(data.channel, language),
    channels: data.channels?.map((channel) => reasonIn(channel, language)),
    detail: detailIn(type, data, language),
  });
  return { ...data, ...changed };
}

/** A channel with the reason why it is broken. */
function reasonIn<T extends NonNullable<EventData['channel']>>(channel: T, language: Language): T {
  const { reason, explanation } = channel;
  if (explanation === undefined) return channel;
  return { ...channel, reason: say(reason, ({ prose }) => prose.explanation(explanation), language) };
}

function readinessIn(readiness: Readiness, language: Language): Readiness {
  const { reason, because, unmet = [] } = readiness;
  if (reason === undefined || because === undefined) return readiness;
  const words: Words = ({ reasons }) => known(reasons, because.code)?.(because, readiness, unmet);
  return { ...readiness, reason: say(reason, words, language) };
}

/** A code that a newer version stored has no words. */
function known<K extends string, V>(words: Readonly<Record<K, V>>, code: K): V | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined;
}

function lastFiguresIn(last: LastFigures, language: Language): LastFigures {
  const { state, at, unmet = [], words } = last;
  const distance: Words = ({ prose }) => {
    const seen = prose.distance(last, unmet);
    if (state !== 'unknown') return seen;
    return prose.unknownDistance(at === undefined ? undefined : { at, words: seen });
  };
  return { ...last, words: say(words, distance, language) };
}

function groupIn(group: EventGroup, language: Language): EventGroup {
  const { members, failed, unchecked, behind, deleted, retracts } = group;
  const some = (tasks: NamedTasks | undefined) =>
    tasks && { ...tasks, tasks: tasks.tasks.map(endIn(language)) };
  const changed = {
    ...group,
    members: members.map(endIn(language)),
    ...defined({
      failed: some(failed),
      unchecked: some(unchecked),
      behind: some(behind),
      deleted: some(deleted),
    }),
  };
  if (retracts === undefined) return changed;
  const retraction = { ...retracts, ...defined({ tasks: some(retracts.tasks) }) };
  const words: Words = (one) =>
    one.prose.retraction(one === en ? group : { ...changed, retracts: retraction });
  return { ...changed, retracts: { ...retraction, reason: say(retracts.reason, words, language) } };
}

function endIn(language: Language) {
  return <Task extends { readonly lastFigures?: LastFigures }>(task: Task): Task =>
    task.lastFigures === undefined
      ? task
      : { ...task, lastFigures: lastFiguresIn(task.lastFigures, language) };
}

function dossierIn(dossier: Dossier, language: Language): Dossier {
  const { advice, unknown, unread = [] } = dossier;
  const gaps = unknown.map((text, index) => {
    const gap = unread[index];
    return gap === undefined ? text : say(text, ({ prose }) => prose.unread(gap), language);
  });
  return defined({ ...dossier, unknown: gaps, advice: advice && adviceIn(advice, language) });
}

type Advice = NonNullable<Dossier['advice']>;
type AdviceWords = (machineAddress?: string) => string;

function adviceIn(advice: Advice, language: Language): Advice {
  const { cause, text, address } = advice;
  return {
    ...advice,
    cause: known<string, string>(language.causes, cause) ?? cause,
    text: say(text, (one) => known<string, AdviceWords>(one.advice, cause)?.(address), language),
  };
}

function uncheckedIn({ unchecked, notChecked, group }: EventFacts, language: Language): string | undefined {
  const words: Words = ({ prose }) => {
    if (notChecked !== undefined) return prose.notChecked(notChecked);
    return group && prose.membersNotChecked(group);
  };
  return unchecked && say(unchecked, words, language);
}

/** The end of a failure; else the answer of the service, and for a call beside the looks what is not known without it. */
function detailIn(type: MigrationEvent['type'], data: EventFacts, language: Language): string | undefined {
  const { detail, answer, since, call, transition } = data;
  const words: Words = ({ prose, answers }) => {
    if (type === 'dcs.watch.restored') return since && prose.restored(since);
    if (answer === undefined || known(answers, answer.code) === undefined) return undefined;
    const described = prose.answer(answer);
    return call === undefined ? described : prose.degraded(described, call, transition === 'call_denied');
  };
  return detail && say(detail, words, language);
}
