import type { LastFigures, Unmet } from '../../../events/event.ts';
import { isGoodEnd, unmetParts } from '../../facts.ts';
import { shortPercent } from '../../format.ts';
import type { Prose } from '../../language.ts';
import type { Moments } from '../../moments.ts';
import { bytes } from '../figures.ts';

export const NEVER_KNOWN = '与源实例的差距不明';

/** How a sentence about an end goes on, whatever ended: `，停止时目标实例落后 9 GB`. Nothing after a good end. */
export function endWords(last: LastFigures | undefined, when: string): string {
  return last === undefined || isGoodEnd(last) ? '' : `，${when}目标实例${last.words}`;
}

/** The state of the target: `落后 9 GB，缺少 60% 的键`; a figure within its limit is left out. */
export function distanceWords(distance: Partial<LastFigures>, unmet: readonly Unmet[]): string {
  const { offset, sourceKeys = 0, targetKeys = 0, keyGapPercent } = distance;
  const gap = keyGapPercent === undefined ? 0 : shortPercent(keyGapPercent);
  const keys = targetKeys < sourceKeys ? `缺少 ${gap}% 的键` : `有 ${gap}% 的键在源实例不存在`;
  const parts = unmetParts(unmet, [
    ['lag', offset === undefined ? undefined : `落后 ${bytes(offset)}`],
    ['keys', keys],
    ['lag unknown', '落后量未知'],
    ['keys unknown', '键数未知'],
  ]);
  return parts.length === 0 ? '已追平' : parts.join('，');
}

/** A target whose distance nobody knows, or only as it had been before. */
export function unknownWords({ moment }: Moments): Prose['unknownDistance'] {
  return (before) =>
    before === undefined
      ? NEVER_KNOWN
      : `${NEVER_KNOWN}（最后一次观测 ${moment(before.at)}：${before.words}）`;
}
