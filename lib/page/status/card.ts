import type { TaskStatus } from '../../status/status.ts';
import { type Html, html } from '../html.ts';
import {
  eventLine,
  keysOf,
  lagPlot,
  phaseOf,
  placeOf,
  problemOf,
  progressBar,
  readinessOf,
  signOf,
  sinceOf,
  tagsOf,
  titleOf,
  toneOf,
} from '../task-parts.ts';
import type { View } from '../view.ts';

/** As many as a small plot shows. */
const MOST_SAMPLES = 60;
const MOST_EVENTS = 3;

/** A task with everything that is known of it. */
export function card(task: TaskStatus, view: View): Html {
  const { words } = view.language.page;
  const keys = keysOf(task, view);
  const events = task.lastEvents.slice(-MOST_EVENTS).toReversed();
  const problem = problemOf(task, view);
  const readiness = readinessOf(task, view);
  return html`
    <li class="box card ${toneOf(task)}">
    <div class="head">${signOf(task)}<h3>${titleOf(task, view)}</h3><p>${placeOf(task, view)}</p></div>
    <p class="stand"><b>${phaseOf(task, view)}</b> <span class="soft small">${sinceOf(task, view)}</span></p>
    ${problem && html`<p class="reason warn-box">${problem}</p>`}
    ${progressBar(task, view)}
    ${lagPlot(task, view, { most: MOST_SAMPLES, isBrief: false })}
    ${readiness && html`<p class="reason ${task.readiness.state === 'ready' ? 'good-box' : 'plain-box'}">${readiness}</p>`}
    ${keys && html`<dl class="facts"><dt>${words.keys}</dt><dd>${keys}</dd></dl>`}
    ${tagsOf(task, view)}
    ${events.length > 0 ? html`<ul class="events">${events.map((event) => html`<li>${eventLine(event, task, view)}</li>`)}</ul>` : undefined}
    </li>`;
}
