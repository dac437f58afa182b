import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Clock } from '../../../base/time/clock.ts';
import { momentOf } from '../../moment.ts';

export function channelOption() {
  return new Option('--channel <name>', 'only this channel');
}

/** @param about what the time is compared with, in words that continue "a span back from now or a time" */
export function timeOption<Flags extends string>(flags: Flags, about: string, clock: Clock) {
  return new Option(
    flags,
    `${about}: a span back from now (90s, 30m, 2h, 3d) or an ISO time (UTC)`,
  ).argParser((text: string) => {
    const read = momentOf(text, new Date(clock.now()));
    if (read !== undefined) return read;
    const found = JSON.stringify(text);
    throw new InvalidArgumentError(
      `${flags.split(' ')[0]} expects a span such as 2h or 3d, or an ISO time, found ${found}`,
    );
  });
}
