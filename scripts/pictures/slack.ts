import { escaped, listAt, type Node, node, nodeAt, page, textAt } from './html.ts';

const STYLE = `
  body { background: #fff; color: #1d1c1d }
  h3 { margin: 0 0 8px; font-size: 17px }
  .bar { border-left: 4px solid; border-radius: 4px; padding: 4px 12px }
  .block { margin: 6px 0; white-space: pre-wrap }
  .context { color: #616061; font-size: 12px }
  .button { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; font-weight: 700 }
  a { color: #1264a3; text-decoration: none }`;

/** The blocks of a Slack message, as Slack lays them out (Block Kit reference). */
export function slackPage(payload: unknown): string {
  const message = node.parse(payload);
  const blocks = listAt(message, 'blocks').map(block).join('');
  const attachments = listAt(message, 'attachments').map(
    (one) =>
      `<div class="bar" style="border-color:${escaped(textAt(one, 'color'))}">${listAt(one, 'blocks').map(block).join('')}</div>`,
  );
  return page(STYLE, blocks + attachments.join(''));
}

function block(one: Node): string {
  switch (textAt(one, 'type')) {
    case 'header':
      return `<h3>${words(nodeAt(one, 'text'))}</h3>`;
    case 'section':
      return `<div class="block">${words(nodeAt(one, 'text'))}</div>`;
    case 'context':
      return `<div class="block context">${listAt(one, 'elements').map(words).join(' &nbsp; ')}</div>`;
    case 'rich_text':
      return `<div class="block">${listAt(one, 'elements').map(section).join('')}</div>`;
    case 'actions':
      return listAt(one, 'elements')
        .map((button) => `<span class="button">${words(nodeAt(button, 'text'))}</span>`)
        .join(' ');
    default:
      throw new TypeError(`a block that the picture does not know: ${textAt(one, 'type')}`);
  }
}

function section(one: Node): string {
  return listAt(one, 'elements').map(inline).join('');
}

function inline(one: Node): string {
  const style = node.parse(one['style'] ?? {});
  const type = textAt(one, 'type');
  if (type === 'link') return `<a>${escaped(textAt(one, 'text'))}</a>`;
  if (type === 'date') return moment('', String(one['timestamp']), escaped(textAt(one, 'format')));
  if (type !== 'text') throw new TypeError(`an element that the picture does not know: ${type}`);
  const text = escaped(textAt(one, 'text'));
  return style['bold'] === true ? `<b>${text}</b>` : text;
}

/** Links and moments are all the markup that messages have. */
const LINK = /&lt;https:[^|]*\|(.*?)&gt;/g;
const MOMENT = /&lt;!date\^(\d+)\^(.*?)\|.*?&gt;/g;

function words(one: Node): string {
  return escaped(textAt(one, 'text')).replace(LINK, '<a>$1</a>').replace(MOMENT, moment);
}

/** For a reader in Berlin. */
function moment(_all: string, seconds: string, form: string): string {
  const at = new Date(Number(seconds) * 1000);
  const zone = { timeZone: 'Europe/Berlin' };
  const day = at.toLocaleDateString('en', { ...zone, dateStyle: 'medium' });
  const time = at.toLocaleTimeString('en-GB', { ...zone, timeStyle: 'short' });
  return form.replace(/\{date\w*\}/, day).replace(/\{time\w*\}/, time);
}
