import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../lib/base/columns.ts';
import type { Paint } from '../../../lib/cli/terminal/colours.ts';
import { tableLines } from '../../../lib/cli/terminal/table.ts';

const plain: Paint = (_style, text) => text;
const TABLE = {
  headings: ['TASK', 'STATUS', 'WHY'],
  rows: [
    ['orders', 'FULLMIGRATING', 'a long sentence about what is going on in this migration'],
    ['缓存', 'SUCCESS', ''],
  ],
  flexible: ['WHY'],
};

describe('a table', () => {
  it('is as wide as it gets where there is no terminal', () => {
    expect(tableLines(TABLE, { paint: plain })).toEqual([
      'TASK    STATUS         WHY',
      'orders  FULLMIGRATING  a long sentence about what is going on in this migration',
      '缓存    SUCCESS',
    ]);
  });

  it('keeps its first columns where all of them do not fit, each with its own style', () => {
    const style = (_row: number, heading: string) => (heading === 'STATUS' ? ('red' as const) : undefined);
    const paint: Paint = (chosen, text) => (chosen === 'red' ? `<${text}>` : text);
    const lines = tableLines({ ...TABLE, first: ['TASK', 'STATUS'], style }, { columns: 24, paint });
    expect(lines).toEqual(['TASK    STATUS', 'orders  <FULLMIGRATING>', '缓存    <SUCCESS      >']);
    expect(tableLines({ ...TABLE, first: ['TASK', 'STATUS'] }, { columns: 12, paint: plain })[0]).toBe(
      'TASK    orde',
    );
  });

  it('cuts what may be cut to the width of the terminal', () => {
    expect(tableLines(TABLE, { paint: plain, columns: 50 })).toEqual([
      'TASK    STATUS         WHY',
      'orders  FULLMIGRATING  a long sentence about what…',
      '缓存    SUCCESS',
    ]);
  });

  it('never cuts a number of figures in two', () => {
    const rows = [['orders', 'lag 42 bytes, keys 0.01 %']];
    const figures = { headings: ['TASK', 'FIGURES'], rows, flexible: ['FIGURES'], figures: ['FIGURES'] };
    expect(tableLines(figures, { columns: 30, paint: plain })[1]).toBe('orders  lag 42 bytes, keys …');
  });

  it('becomes a block for each row where that does not do', () => {
    expect(tableLines(TABLE, { paint: plain, columns: 30 })).toEqual([
      'TASK    orders',
      'STATUS  FULLMIGRATING',
      'WHY     a long sentence about',
      '        what is going on in',
      '        this migration',
      '',
      'TASK    缓存',
      'STATUS  SUCCESS',
    ]);
  });

  it('is never wider than the terminal', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replaceAll(/\p{C}/gu, ''));
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 24, max: 120 }), (rows, columns) => {
        const lines = tableLines({ ...TABLE, rows }, { paint: plain, columns });
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('paints cells without moving their columns', () => {
    const paint: Paint = (style, text) => `<${style}>${text}</>`;
    const [, first] = tableLines(
      {
        headings: ['A', 'B'],
        rows: [['x', 'y']],
        style: (_row, heading) => (heading === 'A' ? 'red' : undefined),
      },
      { paint },
    );
    expect(first).toBe('<red>x</>  y');
  });
});
