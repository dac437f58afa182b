import { compareText } from '../base/compare.ts';
import type { Gravity } from '../language/page-words.ts';
import type { Status, TaskStatus } from '../status/status.ts';
import { documentOf } from './document.ts';
import { byGravity, classOf, SIGNS } from './gravity.ts';
import { type Html, html } from './html.ts';
import { alerts } from './status/alerts.ts';
import { card } from './status/card.ts';
import { rows } from './status/rows.ts';
import { tables } from './status/tables.ts';
import { tiles } from './status/tiles.ts';
import { brief, elapsed, type PageOptions, type View, viewFor } from './view.ts';

/** Cards are for those that somebody looks at: more of them make nobody wiser, and the page ten times as long. */
const MOST_CARDS = 60;

/** Everything that is known, on one page that needs nothing else: what needs somebody stands first. */
export async function statusPage(status: Status, options: PageOptions): Promise<string> {
  const view = await viewFor(status.at, options);
  const problems = alerts(status, view);
  const groups = byGravity(status.tasks);
  const isCalm = problems === undefined && !groups.get('failed')?.length && !groups.get('attention')?.length;
  const body = html`
    <div class="page">
    ${head(status, view)}
    <main>${problems}
    ${tiles(groups, status, view)}
    ${sections(groups, view)}
    ${tables(status, view)}</main>
    <footer>dcs-migration-watch</footer></div>`;
  return documentOf({ title: view.language.page.words.migrations, isCalm, body }, view, options);
}

function head({ at, lastTick }: Status, view: View): Html {
  const { page, figures, overviews } = view.language;
  const tick =
    lastTick === undefined
      ? page.noTick
      : `${page.lastTick(brief(lastTick.at, view), elapsed(lastTick.at, view))} · ${page.lookedAt(lastTick.tasks, lastTick.failedLooks, figures.duration(lastTick.ms))}`;
  return html`
    <header class="top"><h1>${page.words.migrations}</h1>
    <p>${tick}</p>
    <p class="now">${overviews.asOf(`${figures.day(at)} ${figures.clock(at)}`)} · ${page.allTimesIn(figures.zone(at))}</p></header>`;
}

function sections(groups: ReadonlyMap<Gravity, readonly TaskStatus[]>, view: View): Html {
  let left = MOST_CARDS;
  const filled = [...groups].filter(([, tasks]) => tasks.length > 0);
  if (filled.length === 0) return html`<p class="soft">${view.language.page.words.noTasks}</p>`;
  const made = filled.map(([gravity, tasks]) => {
    const sorted = sortedBy(gravity, tasks);
    const cards = gravity === 'ended' ? 0 : Math.min(left, sorted.length);
    left -= cards;
    return section(gravity, { cards: sorted.slice(0, cards), rows: sorted.slice(cards) }, view);
  });
  return html`<div class="tasks">${made}</div>`;
}

const NEWEST_FIRST: ReadonlySet<Gravity> = new Set(['failed', 'attention', 'ready', 'ended']);

/** The latest change stands first; running tasks keep their places, by name. */
function sortedBy(gravity: Gravity, tasks: readonly TaskStatus[]): readonly TaskStatus[] {
  return NEWEST_FIRST.has(gravity)
    ? tasks.toSorted((a, b) => compareText(b.since ?? '', a.since ?? ''))
    : tasks.toSorted((a, b) => compareText(a.name ?? a.id, b.name ?? b.id));
}

interface Shown {
  readonly cards: readonly TaskStatus[];
  readonly rows: readonly TaskStatus[];
}

/** Short sections stand beside each other. */
function spanOf({ cards, rows }: Shown): string {
  return rows.length === 0 && cards.length < 3 ? `span-${cards.length}` : 'span-all';
}

function section(gravity: Gravity, shown: Shown, view: View): Html {
  const label = view.language.page.gravities[gravity];
  const id = classOf(gravity);
  return html`
    <section class="g-${id} ${spanOf(shown)}" aria-labelledby="${id}">
    <h2 id="${id}"><span class="sign" aria-hidden="true">${SIGNS[gravity]}</span>${label} <small>${shown.cards.length + shown.rows.length}</small></h2>
    ${shown.cards.length > 0 ? html`<ul class="cards">${shown.cards.map((task) => card(task, view))}</ul>` : undefined}
    ${shown.rows.length > 0 ? rows(shown.rows, label, view) : undefined}
    </section>`;
}
