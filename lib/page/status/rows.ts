import type { TaskStatus } from '../../status/status.ts';
import { type Html, html } from '../html.ts';
import {
  eventLine,
  lagPlot,
  phaseOf,
  placeOf,
  problemOf,
  progressBar,
  readinessOf,
  sinceOf,
  tagsOf,
  titleOf,
} from '../task-parts.ts';
import type { View } from '../view.ts';

/** As many as the plot of a row shows. */
const MOST_SAMPLES = 24;

interface Column {
  readonly label: string;
  readonly kind: 'words' | 'plot' | 'event';
  readonly contentOf: (task: TaskStatus) => Html | undefined;
}

/** Tasks as rows of a table: as much of each as fits into a line. A column that has nothing to say is left out. */
export function rows(tasks: readonly TaskStatus[], label: string, view: View): Html {
  const all = columns(view).map((column) => ({ ...column, contents: tasks.map(column.contentOf) }));
  const used = all.filter(({ contents }) => contents.some((content) => content !== undefined));
  const heads = [view.language.page.words.task, ...used.map((column) => column.label)];
  const lines = tasks.map(
    (task, index) =>
      html`<tr>${headOf(task, view)}${used.map(({ kind, label, contents }) => cell(kind, label, contents[index]))}</tr>`,
  );
  return html`
    <div class="box rows"><table aria-label="${label}">
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${lines}</tbody></table></div>`;
}

function headOf(task: TaskStatus, view: View): Html {
  return html`<th scope="row">${titleOf(task, view)}<p>${placeOf(task, view)}</p>${tagsOf(task, view)}</th>`;
}

/** An empty cell is left out on a phone, so it stays really empty. */
function cell(kind: Column['kind'], label: string, content: Html | undefined): Html {
  if (content === undefined) return html`<td></td>`;
  return kind === 'words'
    ? html`<td data-l="${label}"><div>${content}</div></td>`
    : html`<td class="${kind}" data-l="${label}">${content}</td>`;
}

function columns(view: View): readonly Column[] {
  const { words } = view.language.page;
  return [
    { label: words.phase, kind: 'words', contentOf: (task) => standing(task, view) },
    { label: words.progress, kind: 'plot', contentOf: (task) => progressBar(task, view) },
    {
      label: words.lag,
      kind: 'plot',
      contentOf: (task) => lagPlot(task, view, { most: MOST_SAMPLES, isBrief: true }),
    },
    {
      label: words.readiness,
      kind: 'words',
      contentOf: (task) => problemOf(task, view) ?? readinessOf(task, view),
    },
    { label: words.lastEvent, kind: 'event', contentOf: (task) => lastEvent(task, view) },
  ];
}

function standing(task: TaskStatus, view: View): Html {
  return html`${phaseOf(task, view)}<p>${sinceOf(task, view)}</p>`;
}

function lastEvent(task: TaskStatus, view: View): Html | undefined {
  const last = task.lastEvents.at(-1);
  return last && html`<div>${eventLine(last, task, view)}</div>`;
}
