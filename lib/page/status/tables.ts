import { wordFor } from '../../language/language.ts';
import type { ChannelStatus, GroupStatus, MuteStatus, ProjectStatus, Status } from '../../status/status.ts';
import { failureWords } from '../failure-words.ts';
import { type Html, html } from '../html.ts';
import { reasonWords } from '../task-parts.ts';
import { identifier, nameOf, sentence } from '../text.ts';
import { brief, time, type View } from '../view.ts';

interface Table {
  readonly id: string;
  readonly title: string;
  /** The first one is that of the names. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

interface Row {
  readonly name: Html;
  readonly cells: readonly (Html | string | undefined)[];
}

/** Groups, channels, projects and mutes; those that there are. */
export function tables({ groups, channels, projects, mutes }: Status, view: View): Html {
  const all = [
    groupTable(groups, view),
    channelTable(channels, view),
    projectTable(projects, view),
    muteTable(mutes, view),
  ];
  return html`<div class="tables">${all.filter(({ rows }) => rows.length > 0).map(table)}</div>`;
}

function table({ id, title, columns, rows }: Table): Html {
  return html`
    <section aria-labelledby="${id}"><h2 id="${id}">${title} <small>${rows.length}</small></h2>
    <div class="box"><table aria-labelledby="${id}">
    <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr><th scope="row">${row.name}</th>${row.cells.map((cell, index) => html`<td data-l="${columns[index + 1]}">${cell}</td>`)}</tr>`)}</tbody>
    </table></div></section>`;
}

function groupTable(groups: readonly GroupStatus[], view: View): Table {
  const { page, figures, comma } = view.language;
  const { words } = page;
  return {
    id: 'groups',
    title: words.groups,
    columns: [words.group, words.tasks, words.ready, words.done, words.failed, words.announced],
    rows: groups.map(({ name, tasks, ready, done, failed, announced, mutedUntil }) => ({
      name: html`${nameOf(name)}${muted(mutedUntil, view)}`,
      cells: [
        figures.figure(tasks),
        figures.figure(ready),
        figures.figure(done),
        failed > 0 ? html`<b class="bad">${figures.figure(failed)}</b>` : figures.figure(failed),
        announced.map((one) => wordFor(page.announced, one)).join(comma),
      ],
    })),
  };
}

function channelTable(channels: readonly ChannelStatus[], view: View): Table {
  const { page, figures } = view.language;
  const { words } = page;
  return {
    id: 'channels',
    title: words.channels,
    columns: [words.channel, words.state, words.pending, words.held, words.dead],
    rows: channels.map((channel) => ({
      name: html`${nameOf(channel.name)}<p class="soft small">${nameOf(channel.type)} · ${words[channel.audience]}</p>`,
      cells: [
        channelState(channel, view),
        figures.figure(channel.pending),
        figures.figure(channel.held),
        channel.dead > 0
          ? html`<b class="bad">${figures.figure(channel.dead)}</b>`
          : figures.figure(channel.dead),
      ],
    })),
  };
}

function channelState({ broken, restsUntil, quietUntil, mutedUntil }: ChannelStatus, view: View): Html {
  const { page } = view.language;
  if (broken !== undefined) {
    return html`<span class="bad">${page.since(brief(broken.since, view))}${view.language.colon}${reasonWords(broken, view)}</span>`;
  }
  const states = [
    ...(restsUntil === undefined ? [] : [page.pausedUntil(brief(restsUntil, view))]),
    ...(quietUntil === undefined ? [] : [page.quietUntil(brief(quietUntil, view))]),
    ...(mutedUntil === undefined ? [] : [page.mutedUntil(brief(mutedUntil, view))]),
  ];
  return states.length === 0
    ? html`<span class="good">${page.words.works}</span>`
    : html`${states.join(view.language.comma)}`;
}

function projectTable(projects: readonly ProjectStatus[], view: View): Table {
  const { words } = view.language.page;
  return {
    id: 'projects',
    title: words.projects,
    columns: [words.project, words.region, words.state],
    rows: projects.map((project) => ({
      name: html`${nameOf(project.name)}${muted(project.mutedUntil, view)}`,
      cells: [nameOf(project.region), projectState(project, view)],
    })),
  };
}

function projectState({ failing, cooldownUntil, degraded }: ProjectStatus, view: View): Html {
  const { page, comma } = view.language;
  if (failing !== undefined) {
    return html`<span class="bad">${page.unseen(failureWords(failing, view), brief(failing.since, view), failing.looks)}</span>`;
  }
  const states = [
    ...(cooldownUntil === undefined ? [] : [page.pausedUntil(brief(cooldownUntil, view))]),
    ...(degraded.length === 0 ? [] : [page.degraded(degraded.join(comma))]),
  ];
  return states.length === 0
    ? html`<span class="good">${page.words.inSight}</span>`
    : html`<span class="warn">${states.join(comma)}</span>`;
}

function muteTable(mutes: readonly MuteStatus[], view: View): Table {
  const { page, colon } = view.language;
  const { words } = page;
  return {
    id: 'mutes',
    title: words.mutes,
    columns: [words.subject, words.until, words.reason, words.id],
    rows: mutes.map(({ id, scope, name, until, why }) => ({
      name: html`${wordFor(page.scopes, scope)}${colon}${nameOf(name)}`,
      cells: [time(until, view), sentence(why), identifier(id)],
    })),
  };
}

function muted(until: string | undefined, view: View): Html | undefined {
  if (until === undefined) return undefined;
  return html` <span class="soft small">${view.language.page.mutedUntil(brief(until, view))}</span>`;
}
