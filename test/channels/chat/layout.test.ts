import { describe, expect, test } from 'vitest';
import { layOut, PLAIN, type TextLimits, textRoom } from '../../../lib/channels/chat/layout.ts';
import { bytesOf } from '../../../lib/channels/chat/measure.ts';
import type { Message } from '../../../lib/messages/message.ts';

const LIMITS: TextLimits = { most: 400, measure: bytesOf, headline: 120, value: 60, footer: 60 };

function messageOf(changes: Partial<Message> = {}): Message {
  return {
    severity: 'failure',
    colour: 'red',
    title: { mark: '❌ ', name: '订单缓存', colon: '：', text: '迁移失败' },
    mentions: false,
    facts: [['状态', '迁移失败']],
    sections: [],
    footer: ['任务 a276', '事件 7'],
    ...changes,
  };
}

describe('a message as one text', () => {
  test('has the colon of its language between labels and values, and before an address', () => {
    const console = { label: '控制台', url: 'https://console.example/' };
    expect(layOut(messageOf({ console }), PLAIN, LIMITS)).toBe(
      '❌ 订单缓存：迁移失败\n\n状态：迁移失败\n\n控制台：https://console.example/\n任务 a276 · 事件 7',
    );
  });

  test('has values and a footer of no more than its limits', () => {
    const text = layOut(
      messageOf({ facts: [['状态', '界'.repeat(100)]], footer: ['f'.repeat(100)] }),
      PLAIN,
      LIMITS,
    );
    const [, fact = '', footer = ''] = text.split('\n\n');
    expect(fact).toBe(`状态：${'界'.repeat(19)}…`);
    expect(footer).toBe(`${'f'.repeat(57)}…`);
  });

  test('keeps as much of a digest free as its limits say', () => {
    const frameOf = (reserved: number) => textRoom(PLAIN, { ...LIMITS, reserved }).frame(messageOf());
    expect(frameOf(50) - frameOf(0)).toBe(50);
    expect(textRoom(PLAIN, LIMITS).frame(messageOf()) - frameOf(0)).toBe(400);
  });

  test('says how many events of each kind there are where a digest is cut', () => {
    const list = {
      lines: Array.from({ length: 9 }, (_, n) => `${n} ${'界'.repeat(20)}`),
      counts: '全量迁移中 9',
    };
    const text = layOut(messageOf({ facts: [], list }), PLAIN, LIMITS);
    expect(text).toMatch(/界\n… 全量迁移中 9\n\n任务 a276/);
    expect(bytesOf(text)).toBeLessThanOrEqual(LIMITS.most);
  });
});
