import { escaped, listAt, type Node, node, nodeAt, page, textAt } from './html.ts';

const COLOURS: Readonly<Record<string, string>> = {
  red: '#f54a45',
  green: '#34c724',
  orange: '#ff8800',
  yellow: '#ffc60a',
  blue: '#3370ff',
  grey: '#8f959e',
};

const STYLE = `
  body { background: #f2f3f5; color: #1f2329 }
  .card { background: #fff; border-radius: 8px; overflow: hidden; border: 1px solid #dee0e3 }
  .header { padding: 10px 14px; font-weight: 700; font-size: 16px }
  .body { padding: 12px 14px }
  .columns { display: flex; gap: 8px; margin: 3px 0 }
  .grey { color: #8f959e }
  .small { font-size: 12px }
  .div { margin: 3px 0; white-space: pre-wrap }
  .button { display: inline-block; border: 1px solid #d0d3d6; border-radius: 6px; padding: 4px 12px; margin: 6px 0 }
  hr { border: 0; border-top: 1px solid #dee0e3 }`;

/** A card of Feishu, as Feishu lays it out (Card JSON 2.0). */
export function feishuPage(payload: unknown): string {
  const card = nodeAt(node.parse(payload), 'card');
  const header = nodeAt(card, 'header');
  const colour = COLOURS[textAt(header, 'template')] ?? '#3370ff';
  const title = escaped(textAt(nodeAt(header, 'title'), 'content'));
  const elements = listAt(nodeAt(card, 'body'), 'elements').map(element).join('');
  return page(
    STYLE,
    `<div class="card"><div class="header" style="background:${colour}26;color:${colour}">${title}</div><div class="body">${elements}</div></div>`,
  );
}

function element(one: Node): string {
  switch (textAt(one, 'tag')) {
    case 'column_set':
      return `<div class="columns">${listAt(one, 'columns')
        .map(
          (column) =>
            `<div style="flex:${Number(column['weight'])}">${listAt(column, 'elements').map(element).join('')}</div>`,
        )
        .join('')}</div>`;
    case 'div':
      return text(nodeAt(one, 'text'));
    case 'button':
      return `<span class="button">${escaped(textAt(nodeAt(one, 'text'), 'content'))}</span>`;
    case 'hr':
      return '<hr>';
    default:
      throw new TypeError(`an element that the picture does not know: ${textAt(one, 'tag')}`);
  }
}

function text(one: Node): string {
  const grey = one['text_color'] === 'grey' ? ' grey' : '';
  const small = one['text_size'] === 'notation' ? ' small' : '';
  const content = escaped(textAt(one, 'content'));
  return `<div class="div${grey}${small}">${one['text_style'] === 'bold' ? `<b>${content}</b>` : content}</div>`;
}
