import { wordFor } from '../../language/language.ts';
import type { History } from '../../status/history.ts';
import { type Html, html } from '../html.ts';
import { identifier } from '../text.ts';
import { time, type View } from '../view.ts';

/** The phases that were seen, numbered as in the bar above. */
export function phases({ phases: all, at }: History, view: View): Html {
  const { page, figures, overviews } = view.language;
  const { words } = page;
  const heads = ['#', words.phase, words.status, words.from, words.until, words.took];
  const rows = all.map(({ phase, status, from, to }, position) => {
    const ms = Math.max(0, Date.parse(to ?? at) - Date.parse(from));
    const cells = [
      html`<b>${wordFor(overviews.phases, phase)}</b>`,
      identifier(status),
      time(from, view),
      to === undefined ? undefined : time(to, view),
      Number.isNaN(ms) ? undefined : figures.duration(ms),
    ];
    return html`<tr><th scope="row" class="count">${position + 1}</th>${cells.map((cell, index) => html`<td data-l="${heads[index + 1]}">${cell}</td>`)}</tr>`;
  });
  return html`
    <section aria-labelledby="phases"><h2 id="phases">${words.phases} <small>${all.length}</small></h2>
    <div class="box"><table aria-labelledby="phases">
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div></section>`;
}
