import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../lib/dcs/calls/show-answer.ts';
import { searchedOnce } from '../../../lib/dcs/redact/clean-texts.ts';

function countingSearch(mostCharacters: number) {
  const searched: string[] = [];
  const shown = searchedOnce((text) => {
    searched.push(text);
    return text.replaceAll('hunter2', '***').trim();
  }, mostCharacters);
  return { shown, searched };
}

describe('texts that need no redaction', () => {
  it('are searched once', () => {
    const { shown, searched } = countingSearch(100);
    expect([shown('orders'), shown('orders'), shown('orders')]).toEqual(['orders', 'orders', 'orders']);
    expect(searched).toEqual(['orders']);
  });

  it('are not kept when anything was cut of them', () => {
    const { shown, searched } = countingSearch(100);
    const texts = ['say hunter2', ' orders'];
    for (const text of [...texts, ...texts]) shown(text);
    expect(searched).toEqual([...texts, ...texts]);
    expect(shown('say hunter2')).toBe('say ***');
  });

  it('are forgotten together when they have no room left', () => {
    const { shown, searched } = countingSearch(10);
    for (const text of ['aaaaa', 'bbbbb', 'aaaaa', 'ccccc', 'ccccc', 'aaaaa', 'ccccc', 'bbbbb', 'ccccc']) {
      expect(shown(text)).toBe(text);
    }
    expect(searched).toEqual(['aaaaa', 'bbbbb', 'ccccc', 'aaaaa', 'bbbbb', 'ccccc']);
  });

  it('are not kept when they are longer than all the room', () => {
    const { shown, searched } = countingSearch(5);
    for (const text of ['aaaaa', 'bbbbbb', 'aaaaa', 'bbbbbb']) expect(shown(text)).toBe(text);
    expect(searched).toEqual(['aaaaa', 'bbbbbb', 'bbbbbb']);
  });
});

describe('the description of a task', () => {
  const descriptionOf = (description: unknown) => {
    const reading = readAnswer(JSON.stringify({ status: 'SUCCESS', description }));
    return reading.kind === 'observation' ? reading.observation.description : reading;
  };

  it('reads the same at every look', () => {
    for (const _look of [1, 2]) {
      expect(descriptionOf('cut-over of orders')).toBe('cut-over of orders');
      expect(descriptionOf('the password is hunter2!9')).toBe('the password is ***');
      expect(descriptionOf('  two\nlines ')).toBe('two lines');
      expect(descriptionOf('')).toBeUndefined();
    }
  });

  it('may be a number', () => {
    expect(descriptionOf(4711)).toBe('4711');
    expect(descriptionOf(4111111111111111)).toBe('***');
  });
});
