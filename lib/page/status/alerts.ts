import type { ChannelStatus, FailingStatus, ProjectStatus, Status } from '../../status/status.ts';
import { failureWords } from '../failure-words.ts';
import { type Html, html } from '../html.ts';
import { reasonWords } from '../task-parts.ts';
import { plainName, sentence } from '../text.ts';
import { brief, elapsed, type View } from '../view.ts';

/** Alerts about the watcher itself, its looks and its channels; empty when all of them work. */
export function alerts(status: Status, view: View): Html | undefined {
  const all = [
    ...tickAlerts(status, view),
    ...problemAlerts(status, view),
    ...status.projects.flatMap((project) => projectAlerts(project, view)),
    ...status.channels.flatMap((channel) => channelAlerts(channel, view)),
    ...deadAlerts(status, view),
  ];
  if (all.length === 0) return undefined;
  return html`
    <section class="alerts" aria-labelledby="alerts">
    <h2 id="alerts">${view.language.page.words.problems}</h2>
    <ul>${all}</ul></section>`;
}

/** @param text in which names are plain ones */
function alert(text: string | Html, detail?: Html): Html {
  return html`<li>${text}${detail && html` <span>${detail}</span>`}</li>`;
}

function tickAlerts({ lastTick }: Status, view: View): Html[] {
  if (lastTick === undefined) return [alert(view.language.page.noTick)];
  if (!lastTick.isOld) return [];
  return [alert(view.language.page.oldTick(elapsed(lastTick.at, view)))];
}

/** As many as people read; the others are a number. */
const MOST_PROBLEMS = 10;

function problemAlerts({ problems }: Status, view: View): Html[] {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => alert(sentence(problem)));
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, alert(view.language.sections.more(more))] : shown;
}

function projectAlerts({ name, failing, degraded }: ProjectStatus, view: View): Html[] {
  const { page, colon, comma } = view.language;
  return [
    ...(failing === undefined ? [] : [outOfSight(name, failing, view)]),
    ...(degraded.length === 0
      ? []
      : [alert(`${plainName(name)}${colon}${page.degraded(degraded.join(comma))}`)]),
  ];
}

function outOfSight(name: string, failing: FailingStatus, view: View): Html {
  const reason = failureWords(failing, view);
  const text = view.language.page.outOfSight(plainName(name), reason, brief(failing.since, view));
  return alert(text, failing.words === failing.reason ? undefined : sentence(failing.words));
}

function channelAlerts({ name, broken }: ChannelStatus, view: View): Html[] {
  if (broken === undefined) return [];
  const { page } = view.language;
  return [
    alert(
      page.cannotDeliver(plainName(name), brief(broken.since, view)),
      html`${reasonWords(broken, view)} · ${page.nextTryAt(brief(broken.nextTryAt, view))}`,
    ),
  ];
}

const REDRIVE = html`<code>dcs-migration-watch deliveries redrive</code>`;

function deadAlerts({ channels }: Status, view: View): Html[] {
  const dead = channels.reduce((sum, one) => sum + one.dead, 0);
  return dead === 0 ? [] : [alert(view.language.page.deadLetters(dead), REDRIVE)];
}
