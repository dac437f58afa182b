import type { KnownDelivery } from '../../delivery/redrive/known-deliveries.ts';
import type { Severity } from '../../events/phase.ts';
import { wordFor } from '../../language/language.ts';
import type { History, HistoryEvent } from '../../status/history.ts';
import type { TaskStatus } from '../../status/status.ts';
import { type Html, html } from '../html.ts';
import { eventWords, reasonWords } from '../task-parts.ts';
import { joined, nameOf, sentence } from '../text.ts';
import { brief, time, type View } from '../view.ts';

/** Every event that is still known, oldest first, with the result of each delivery. */
export function eventSection({ events, task }: History, view: View): Html {
  const { words } = view.language.page;
  const heads = [words.time, words.event, words.channels];
  const table = html`
    <div class="box"><table aria-labelledby="told">
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${events.map((event) => row(event, task, view))}</tbody></table></div>`;
  return html`
    <section aria-labelledby="told"><h2 id="told">${words.eventDeliveries} <small>${events.length}</small></h2>
    ${events.length === 0 ? html`<p class="soft">${words.noEvents}</p>` : table}</section>`;
}

const SIGNS: Readonly<Record<Severity, string>> = { failure: '✕', action: '!', success: '✓', info: '›' };
const TONES: Readonly<Record<Severity, string>> = {
  failure: 'g-failed',
  action: 'g-attention',
  success: 'g-ready',
  info: 'g-way',
};

function row(event: HistoryEvent, task: TaskStatus, view: View): Html {
  const { words } = view.language.page;
  const { severity = 'info', type, isWordless } = event;
  return html`
    <tr><th scope="row">${time(event.time, view)}</th>
    <td class="said"><div><span class="sign ${TONES[severity]}" aria-hidden="true">${SIGNS[severity]}</span>
    <div><b>${view.language.values.eventName(type)}</b>${isWordless ? undefined : html`<p>${eventWords(event, task, view)}</p>`}</div></div></td>
    <td data-l="${words.channels}"><ul class="ways">${event.deliveries.map((one) => html`<li>${delivery(one, view)}</li>`)}</ul></td></tr>`;
}

/** The channel with its sign, and what else is known, in the order in which a reader asks. */
function delivery(one: KnownDelivery, view: View): Html {
  const { page } = view.language;
  const { words } = page;
  const channel = nameOf(one.channel);
  const attempts = one.attempts > 1 ? [html`${page.attempts(one.attempts)}`] : [];
  if (one.state === 'delivered') {
    const at = one.deliveredAt && time(one.deliveredAt, view);
    return line(html`<span class="good">✓</span> ${channel}`, [html`${words.delivered} ${at}`, ...attempts]);
  }
  if (one.state === 'dead') {
    const at = one.diedAt && time(one.diedAt, view);
    const why = one.why === undefined ? [] : [sentence(wordFor<string>(page.endings, one.why))];
    return line(html`<span class="bad">✕ ${channel}</span>`, [
      html`${words.givenUp} ${at}`,
      ...attempts,
      ...why,
    ]);
  }
  const details = [html`${words.isPending}`, ...attempts, ...nextStep(one, view)];
  return line(html`<span class="warn">… ${channel}</span>`, details);
}

function line(title: Html, details: readonly Html[]): Html {
  return html`${title} <span class="soft">${joined(details, ' · ')}</span>`;
}

function nextStep({ heldUntil, nextAttemptAt, history }: KnownDelivery, view: View): readonly Html[] {
  const { page } = view.language;
  const { reason, explanation } = history.at(-1) ?? {};
  const why = reason === undefined ? [] : [reasonWords({ reason, explanation }, view)];
  if (heldUntil !== undefined) return [html`${page.heldUntil(brief(heldUntil, view))}`, ...why];
  return nextAttemptAt === undefined ? why : [html`${page.nextTryAt(brief(nextAttemptAt, view))}`, ...why];
}
