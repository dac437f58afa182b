import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../lib/base/columns.ts';
import { labelledLines } from '../../../lib/cli/terminal/labelled.ts';

const plain = (_style: unknown, text: string) => text;
const marked = (style: string, text: string) => `<${style}>${text}</${style}>`;

describe('values beside their labels', () => {
  it('stand in one column, whatever the labels are written in', () => {
    const lines = labelledLines(
      [
        { label: '任务', value: '订单' },
        { label: 'Phase', value: 'full' },
      ],
      { columns: 40, paint: plain },
    );
    expect(lines).toEqual(['任务   订单', 'Phase  full']);
  });

  it('go on below themselves, and fit', () => {
    const lines = labelledLines([{ label: 'Why', value: '订单缓存迁移 '.repeat(9).trim() }], {
      columns: 30,
      paint: plain,
    });
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.slice(1).every((line) => line.startsWith('     '))).toBe(true);
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(30);
  });

  it('have the styles of label and value, an indent, and a width that several share', () => {
    const fact = { label: 'a', value: 'b', style: 'red', labelStyle: 'bold' } as const;
    const sheet = { columns: 40, paint: marked };
    expect(labelledLines([fact], sheet, { width: 3, indent: '  ' })).toEqual([
      '  <bold>a  </bold>  <red>b</red>',
    ]);
  });
});
