import { GRAVITIES, type Gravity } from '../../language/page-words.ts';
import type { Status, TaskStatus } from '../../status/status.ts';
import { classOf } from '../gravity.ts';
import { type Html, html } from '../html.ts';
import type { View } from '../view.ts';

/** How many tasks need whom: the table of contents. What has none is no link. */
export function tiles(groups: ReadonlyMap<Gravity, readonly TaskStatus[]>, status: Status, view: View): Html {
  const { page, figures } = view.language;
  return html`
    <nav class="tiles" aria-label="${page.words.contents}">
    ${GRAVITIES.map((gravity) => tile(gravity, groups.get(gravity)?.length ?? 0, view))}
    <a class="box tile g-way" href="#channels"><b>${figures.figure(waiting(status))}</b><span>${page.words.waiting}</span></a>
    </nav>`;
}

function tile(gravity: Gravity, count: number, { language }: View): Html {
  const label = language.page.gravities[gravity];
  const number = language.figures.figure(count);
  return count === 0
    ? html`<div class="box tile none"><b>${number}</b><span>${label}</span></div>`
    : html`<a class="box tile g-${classOf(gravity)}" href="#${classOf(gravity)}"><b>${number}</b><span>${label}</span></a>`;
}

/** Deliveries that nobody has yet. */
function waiting({ channels }: Status): number {
  return channels.reduce((sum, { pending, dead }) => sum + pending + dead, 0);
}
