import { wrapped } from '../../../base/columns.ts';
import { printable } from '../../../base/text.ts';
import type { Addressee } from '../../../drill/choice.ts';
import type { EventPreview, Preview, Reach, ReachRow } from '../../../drill/preview/preview.ts';
import { type TerminalFormat, tableLines, tableWidth } from '../../terminal/table.ts';

const INDENT = '  ';

/** Which type of event gets to which channel; nothing without rows. */
export function reachLines(
  rows: readonly ReachRow[],
  addressees: readonly Addressee[],
  format: TerminalFormat,
): string[] {
  if (rows.length === 0) return [];
  const names = addressees.map(({ channel }) => printable(channel.name));
  const table = {
    headings: ['EVENT', ...names],
    rows: rows.map(({ event, reach }) => [event, ...reach.map(cellOf)]),
  };
  const { columns = Number.POSITIVE_INFINITY } = format;
  // A block for each of twenty types would push the messages out of sight.
  const lines = tableWidth(table) > columns ? listLines(rows, names, format) : tableLines(table, format);
  return [...lines, ...addressees.flatMap(placesOf), ''];
}

/** A paragraph for each channel, for windows that are too narrow for the table. */
function listLines(rows: readonly ReachRow[], names: readonly string[], format: TerminalFormat): string[] {
  const { columns = Number.POSITIVE_INFINITY, paint } = format;
  return names.flatMap((name, at) => {
    const accepted = rows.flatMap(({ event, reach }) => namedIn(event, reach[at] ?? 'none'));
    const isAll = rows.every(({ reach }) => reach[at] === 'all');
    const words = isAll ? 'every event' : accepted.join(', ') || 'no event';
    const [first = '', ...others] = wrapped(`${name}: ${words}`, columns, INDENT);
    return [first.replace(name, () => paint('bold', name)), ...others];
  });
}

function namedIn(event: string, reach: Reach): string[] {
  if (reach === 'none') return [];
  return reach === 'all' ? [event] : [`${event} (${reach.join(', ')})`];
}

function cellOf(reach: Reach): string {
  if (reach === 'all') return '✓';
  return reach === 'none' ? '' : reach.join(', ');
}

/** The part of a filter that no type of event shows. */
function placesOf({ channel, config: { when } }: Addressee): string[] {
  if (when === undefined) return [];
  const labels = Object.entries(when.labels ?? {}).map(([name, text]) => `${name}=${text}`);
  const parts = [
    ['projects', when.projects],
    ['groups', when.groups],
    ['labels', labels],
  ] as const;
  const words = parts.flatMap(([name, values = []]) =>
    values.length === 0 ? [] : [`${name} ${values.join(', ')}`],
  );
  return words.length === 0 ? [] : [printable(`${channel.name}: only of ${words.join('; ')}`)];
}

/** The message for each channel. */
export function previewLines({ event, told, notTold }: EventPreview, format: TerminalFormat): string[] {
  const { columns = Number.POSITIVE_INFINITY, paint } = format;
  const messages = [...Map.groupBy(told, contentOf)].flatMap(([content, readers]) => [
    '',
    ...wrapped(
      readers.map((one) => `${printable(one.channel)} ${headOf(one)}`).join(', '),
      columns,
      INDENT,
    ).map((line) => paint('bold', line)),
    ...content
      .split('\n')
      .flatMap((line) =>
        wrapped(printable(line), columns - INDENT.length, INDENT).map((part) => INDENT + part),
      ),
  ]);
  const others = notTold.flatMap(({ channel, why }) =>
    wrapped(printable(`${channel}: not told: ${why}`), columns, INDENT),
  );
  return [
    `For example ${event}:`,
    ...messages,
    ...(others.length === 0 ? [] : ['', ...others]),
    '',
    'Nothing was sent.',
  ];
}

function headOf({ type, mentions }: Preview): string {
  return `(${type}${mentions === undefined ? '' : ', somebody is mentioned'})`;
}

/** The same for all who read the same. */
function contentOf({ text, bodies }: Preview): string {
  return text ?? bodies.map((body) => JSON.stringify(body, null, 2)).join('\n');
}

/** For programs. */
export function documentOf(rows: readonly ReachRow[], names: readonly string[], preview: EventPreview) {
  if (rows.length === 0) return preview;
  const gets = rows.map(({ event, reach }) => [event, names.filter((_, at) => reach[at] !== 'none')]);
  return { gets: Object.fromEntries(gets), ...preview };
}
