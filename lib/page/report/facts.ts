import type { TaskStatus } from '../../status/status.ts';
import { type Html, html } from '../html.ts';
import {
  keysOf,
  phaseOf,
  placeOf,
  problemOf,
  progressBar,
  readinessOf,
  sinceOf,
  tagsOf,
  toneOf,
} from '../task-parts.ts';
import { identifier, joined, nameOf, sentence } from '../text.ts';
import { time, type View } from '../view.ts';

type Fact = readonly [label: string, value: Html | string | undefined];

/** Where the migration stands, as pairs of a label and its value. */
export function facts(task: TaskStatus, view: View): Html {
  const { labels, page, comma } = view.language;
  const { words } = page;
  const all: readonly Fact[] = [
    [words.phase, html`<b class="tone">${phaseOf(task, view)}</b> ${sinceOf(task, view)}`],
    [labels.status, task.status === undefined ? undefined : identifier(task.status)],
    [words.state, problemOf(task, view)],
    [words.progress, progressBar(task, view)],
    [labels.lag, lagOf(task, view)],
    [labels.keyCounts, keysOf(task, view)],
    [words.readiness, readinessOf(task, view)],
    [words.lastLook, task.lastLookAt === undefined ? undefined : time(task.lastLookAt, view)],
    [labels.route, route(task)],
    [labels.project, html`${placeOf(task, view)}`],
    [words.labels, labelsOf(task, comma)],
    [words.id, identifier(task.id)],
    [words.waiting, tagsOf(task, view)],
  ];
  const shown = all.filter(([, value]) => value !== undefined);
  return html`
    <div class="box sheet ${toneOf(task)}"><dl>
    ${shown.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></div>`;
}

function lagOf({ lag }: TaskStatus, view: View): Html | undefined {
  if (lag === undefined) return undefined;
  return html`${view.language.values.lag(lag.bytes)} <span class="soft">${time(lag.at, view)}</span>`;
}

function route({ source, target }: TaskStatus): Html | undefined {
  if (source === undefined && target === undefined) return undefined;
  return html`${sentence(source ?? '?')} → ${sentence(target ?? '?')}`;
}

function labelsOf({ labels }: TaskStatus, comma: string): Html | undefined {
  const pairs = Object.entries(labels).map(([name, value]) => html`${nameOf(name)}=${nameOf(value)}`);
  return pairs.length === 0 ? undefined : html`${joined(pairs, comma)}`;
}
