import type { History } from '../status/history.ts';
import { documentOf } from './document.ts';
import { gravityOf } from './gravity.ts';
import { html } from './html.ts';
import { course } from './report/course.ts';
import { eventSection } from './report/events.ts';
import { facts } from './report/facts.ts';
import { phases } from './report/phases.ts';
import { nameIn, signOf, toneOf } from './task-parts.ts';
import { nameOf, plainName } from './text.ts';
import { type PageOptions, viewFor } from './view.ts';

/** The report of one migration: where it stands, its course, its phases, and the deliveries of its events. */
export async function reportPage(history: History, options: PageOptions): Promise<string> {
  const view = await viewFor(history.at, options);
  const { page, figures, overviews } = view.language;
  const { task, at } = history;
  const gravity = gravityOf(task);
  const body = html`
    <div class="page report">
    <header class="top ${toneOf(task)}"><h1>${signOf(task)} ${nameOf(nameIn(task))}</h1>
    <p>${view.hasReports ? html`<a href="../">${page.words.migrations}</a> · ` : undefined}${page.words.report}</p>
    <p class="now">${overviews.asOf(`${figures.day(at)} ${figures.clock(at)}`)} · ${page.allTimesIn(figures.zone(at))}</p></header>
    <main>${facts(task, view)}
    ${course(history, view)}
    ${history.phases.length > 0 ? phases(history, view) : undefined}
    ${eventSection(history, view)}</main>
    <footer>dcs-migration-watch</footer></div>`;
  const isCalm = gravity !== 'failed' && gravity !== 'attention';
  return documentOf({ title: page.reportOf(plainName(nameIn(task))), isCalm, body }, view, options);
}
