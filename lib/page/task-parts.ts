import { defined } from '../base/defined.ts';
import type { Explanation } from '../base/explanation.ts';
import { isFinal, isReplicating } from '../events/phase.ts';
import { wordFor } from '../language/language.ts';
import { retranslate } from '../messages/translate.ts';
import type { PastEvent, TaskStatus } from '../status/status.ts';
import { failureWords } from './failure-words.ts';
import { classOf, gravityOf, SIGNS } from './gravity.ts';
import { address, besides, type Html, html } from './html.ts';
import { type LagSeries, lagSeries, spark } from './plots/spark.ts';
import { joined, nameOf, plainName, sentence } from './text.ts';
import { brief, elapsed, time, type View } from './view.ts';

/** Parts in which cards, rows and reports show a task alike. */

export function nameIn({ id, name }: TaskStatus): string {
  return name === undefined || name.trim() === '' ? id : name;
}

/** The name, as a link to its report where there is one. */
export function titleOf(task: TaskStatus, { hasReports }: View): Html {
  const name = nameOf(nameIn(task));
  return hasReports ? html`<a href="${besides('tasks/', task.id)}">${name}</a>` : name;
}

export function signOf(task: TaskStatus): Html {
  return html`<span class="sign" aria-hidden="true">${SIGNS[gravityOf(task)]}</span>`;
}

export function toneOf(task: TaskStatus): string {
  return `g-${classOf(gravityOf(task))}`;
}

/** The phase in words; the raw status, as DCS names it, stands beside it in reports. */
export function phaseOf({ phase }: TaskStatus, { language }: View): string {
  return phase === undefined ? language.page.words.notSeen : wordFor(language.overviews.phases, phase);
}

/** `since 10:12 (2 h 5 min)`; how long ago something ended is in no need of a span. */
export function sinceOf({ since, phase }: TaskStatus, view: View): Html | undefined {
  if (since === undefined) return undefined;
  const { page } = view.language;
  const span = phase !== undefined && isFinal(phase) ? page.ago(elapsed(since, view)) : elapsed(since, view);
  return html`<span title="${page.since(view.language.figures.moment(since))}">${page.sinceFor(brief(since, view), span)}</span>`;
}

/** The bar, the percentage and the time left of a copy. */
export function progressBar(task: TaskStatus, { language }: View): Html | undefined {
  const { percent, remainingMs, ratePercentPerHour } = task.progress ?? {};
  if (percent === undefined) return undefined;
  const { figures, page, values } = language;
  const left = remainingMs === undefined ? undefined : page.left(figures.duration(remainingMs));
  const rate = ratePercentPerHour === undefined ? undefined : values.rate(ratePercentPerHour);
  return html`
    <div class="bar"><p><b>${figures.percent(percent)}</b> <span>${left ?? rate}</span></p>
    <progress max="100" value="${percent}" aria-label="${page.progressOf(plainName(nameIn(task)))}"></progress></div>`;
}

interface PlotSize {
  /** Samples that are drawn. */
  readonly most: number;
  /** Where there is no room for the peak. */
  readonly isBrief: boolean;
}

/** The lag in figures and as a line. */
export function lagPlot(task: TaskStatus, view: View, { most, isBrief }: PlotSize): Html | undefined {
  const { figures, page } = view.language;
  const series = lagSeries(task.figures, most);
  const last = task.lag?.bytes ?? series?.last.value;
  if (last === undefined) return undefined;
  const peak = isBrief ? undefined : series && peakOf(series, view);
  return html`
    <div class="mini"><p><span>${page.words.lag} <b>${figures.bytes(last)}</b></span>${peak}</p>
    ${series && spark(series, view)}</div>`;
}

function peakOf({ largest, span, scale }: LagSeries, { language }: View): Html {
  const { figures, page } = language;
  const peak = page.peak(figures.bytes(largest.value), figures.duration(span.to - span.from));
  return html`<span>${peak}${scale.isLogarithmic ? ` · ${page.words.log}` : undefined}</span>`;
}

/** Ready, or what is missing for it; nothing where a cut-over is no question. */
export function readinessOf({ readiness, phase }: TaskStatus, view: View): Html | undefined {
  const { state, unmet, words, since } = readiness;
  if (state === 'does not apply') return undefined;
  const { page, colon, comma } = view.language;
  const name = page.readiness[state];
  const title = state === 'ready' ? html`<span class="good">${name}</span>` : html`<b>${name}</b>`;
  if (state === 'ready') return html`${title}${since && html` ${page.since(brief(since, view))}`}`;
  const conditions = unmet.map((one) => wordFor(page.unmet, one)).join(comma);
  if (page.tag !== 'en' && conditions !== '') return html`${title}${colon}${conditions}`;
  // Before the replication the phase says it all.
  if (page.tag !== 'en' && !isReplicating(phase)) return title;
  return html`${title}${colon}${stored(words, view)}`;
}

/** Words that were stored in English, marked as such on pages in another language. */
export function stored(words: string, { language }: View): Html {
  return language.page.tag === 'en' ? sentence(words) : html`<span lang="en">${sentence(words)}</span>`;
}

/** A reason as it is stored, with its codes where it has any. */
interface Reason {
  readonly reason: string;
  readonly explanation?: Explanation | undefined;
}

/** Why nothing was delivered; a reason of an older version, or with a code of a newer one, as it was stored. */
export function reasonWords({ reason, explanation }: Reason, view: View): Html {
  const words = explanation && view.language.prose.explanation(explanation);
  return words === undefined ? stored(reason, view) : sentence(words);
}

/** Why nothing is seen of a task, or since when it does not move. */
export function problemOf(task: TaskStatus, view: View): Html | undefined {
  const { page } = view.language;
  const { failing, stalledSince } = task;
  if (failing !== undefined) {
    const text = page.unseen(failureWords(failing, view), brief(failing.since, view), failing.looks);
    return html`<span class="warn">${text}</span>${failing.words === failing.reason ? undefined : html` ${stored(failing.words, view)}`}`;
  }
  if (stalledSince === undefined) return undefined;
  return html`<span class="warn">${page.stalledSince(brief(stalledSince, view))}</span>`;
}

/** Key counts and their gap. */
export function keysOf({ keys }: TaskStatus, { language }: View): string | undefined {
  if (keys === undefined) return undefined;
  const { source, target, gapPercent } = keys;
  const counts = language.values.keyCounts(defined({ sourceKeys: source, targetKeys: target }));
  return gapPercent === undefined
    ? counts
    : language.page.withGap(counts, language.figures.percent(gapPercent));
}

/** Mutes, and deliveries on their way or given up. */
export function tagsOf({ deliveries, mutedUntil }: TaskStatus, view: View): Html | undefined {
  const { page } = view.language;
  const pending = page.pending(deliveries);
  const tags = [
    ...(pending === ''
      ? []
      : [html`<li class="${deliveries.dead > 0 ? 'dead' : 'pending'}">${pending}</li>`]),
    ...(mutedUntil === undefined ? [] : [html`<li>${page.mutedUntil(brief(mutedUntil, view))}</li>`]),
  ];
  return tags.length === 0 ? undefined : html`<ul class="tags">${tags}</ul>`;
}

/** On pages in another language the name of the event stands before words that are stored in English. */
export function eventLine(event: PastEvent, task: TaskStatus, view: View): Html {
  const { page, values, colon } = view.language;
  const isKnown = page.tag === 'en' || retranslate(event, view.language) !== undefined;
  const name = isKnown ? undefined : html`${values.eventName(event.type)}${colon}`;
  return html`${time(event.time, view)} <span>${name}${eventWords(event, task, view)}</span>`;
}

/** The sentence of an event without the name of its task, made anew where the state has its facts. */
export function eventWords(event: PastEvent, task: TaskStatus, view: View): Html {
  const words = retranslate(event, view.language);
  return words === undefined ? stored(withoutName(event.summary, task), view) : sentence(words);
}

/** Summaries begin with the name of their task, which stands above them. */
function withoutName(summary: string, task: TaskStatus): string {
  const start = `${nameIn(task)}: `;
  return summary.startsWith(start) ? summary.slice(start.length) : summary;
}

/** Project, region, and a link to the console. */
export function placeOf({ project, consoleUrl }: TaskStatus, view: View): readonly (Html | string)[] {
  const url = address(consoleUrl);
  const link = url && html`<a href="${url}" rel="noopener noreferrer">${view.language.links.console}</a>`;
  return joined([nameOf(project.name), nameOf(project.region), ...(link === undefined ? [] : [link])], ' · ');
}
