import { cut, withinRoom } from '../../messages/format.ts';
import type { Fact, Link, Message, Section } from '../../messages/message.ts';
import type { Colour } from '../../messages/severity.ts';
import { breakLinks, escapedHtml } from './escape.ts';

/** Visible on white and on black: clients turn the colours of a message round as they like. */
const COLOURS: Readonly<Record<Colour, string>> = {
  green: '#2da44e',
  amber: '#d4a017',
  orange: '#e8590c',
  red: '#e5484d',
  grey: '#8b949e',
};

const STYLES = {
  body: "margin:0;padding:16px;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
  box: 'max-width:640px;padding-left:14px;border-left:4px solid',
  title: 'margin:0 0 12px;font-size:18px;line-height:1.35;overflow-wrap:anywhere',
  table: 'margin:0 0 12px;border-collapse:collapse',
  label: 'padding:2px 14px 2px 0;text-align:left;vertical-align:top;font-weight:600',
  value: 'padding:2px 0;overflow-wrap:anywhere',
  part: 'margin:0 0 12px;overflow-wrap:anywhere',
  footer: 'margin:16px 0 0;font-size:12px;color:#808890;overflow-wrap:anywhere',
} as const;

/** Characters of a value, and of all sections or lines of a digest together. */
const LONGEST = { value: 1000, footer: 500, body: 60_000 } as const;
const CUT = '…';

/** Foreign text as HTML in which nothing is markup or a link. */
function shown(text: string, max: number = LONGEST.body): string {
  return escapedHtml(breakLinks(cut(text, max, (one) => one.length)));
}

/** A message as a whole HTML document: one column, styles inline, no picture, nothing from elsewhere. */
export function htmlOf(message: Message, headline: string): string {
  const { facts, sections, list, footer, console, colour } = message;
  const parts = list === undefined ? sections : [...sections, { lines: list.lines }];
  return [
    '<!doctype html><html><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${shown(headline)}</title></head><body style="${STYLES.body}">`,
    `<div style="${STYLES.box} ${COLOURS[colour]}"><h1 style="${STYLES.title}">${shown(headline)}</h1>`,
    tableOf(facts),
    ...partsOf(parts),
    ...paragraph(linkOf(console)),
    `<p style="${STYLES.footer}">${shown(footer.join(' · '), LONGEST.footer)}</p>`,
    '</div></body></html>\n',
  ].join('\n');
}

function tableOf(facts: readonly Fact[]): string {
  if (facts.length === 0) return '';
  const rows = facts.map(
    ([label, value]) =>
      `<tr><th scope="row" style="${STYLES.label}">${shown(label)}</th><td style="${STYLES.value}">${shown(value, LONGEST.value)}</td></tr>`,
  );
  return [`<table role="presentation" style="${STYLES.table}">`, ...rows, '</table>'].join('\n');
}

/** As many lines as have room; a mark in place of the others. */
function partsOf(sections: readonly Section[]): string[] {
  let left: number = LONGEST.body;
  return sections.flatMap(({ heading, lines, source }) => {
    const fitting = withinRoom(lines, left);
    left -= fitting.reduce((sum, line) => sum + line.length + 1, 0);
    const rows = [
      ...(heading === undefined ? [] : [`<b>${shown(heading)}</b>`]),
      ...fitting.map((line) => shown(line)),
      ...(fitting.length < lines.length ? [CUT] : []),
      ...linkOf(source),
    ];
    return paragraph(rows);
  });
}

function paragraph(rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`<p style="${STYLES.part}">${rows.join('<br>\n')}</p>`];
}

function linkOf(link: Link | undefined): string[] {
  return link === undefined ? [] : [`<a href="${escapedHtml(link.url)}">${shown(link.label)}</a>`];
}
