import { type Explanation, explained, type Separators } from '../../../base/explanation.ts';
import { faults } from './faults.ts';
import { flaws } from './flaws.ts';
import { hints } from './hints.ts';

const SENTENCES = { ...faults, ...hints, ...flaws };

const CHINESE: Separators = {
  colon: '：',
  semicolon: '；',
  bracketed: (text) => `（${text}）`,
  through: (proxy) => `，经由代理 ${proxy}`,
};

/** `hooks.example：连接被拒绝（ECONNREFUSED）；请检查地址和端口` */
export function explanationWords(explanation: Explanation): string | undefined {
  return explained(explanation, SENTENCES, CHINESE);
}
