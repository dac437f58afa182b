import { type Explanation, type Finding, ok, problem, unchecked, warning } from '../finding.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** Less is normal between machines. */
const NOTICED_MS = 30 * SECOND_MS;
/** Receivers refuse signatures that are older or newer (Standard Webhooks). */
const WEBHOOKS_MS = 5 * MINUTE_MS;
/** The gateway refuses signatures that are older or newer (signing guide). */
const GATEWAY_MS = 15 * MINUTE_MS;

const SET_IT = 'Set the clock of this machine: switch on NTP (timedatectl set-ntp true).';

/**
 * The clock of this machine against that of DCS.
 *
 * @param offsetMs ours minus theirs; nothing when no answer came
 */
export function clockFinding(offsetMs: number | undefined): Finding {
  if (offsetMs === undefined) return unchecked('clock', 'no answer had the time of DCS');
  const off = Math.abs(offsetMs);
  const words = `${spanWords(off)} ${offsetMs > 0 ? 'ahead of' : 'behind'} that of DCS`;
  if (off < NOTICED_MS) return ok('clock', 'in step with that of DCS');
  if (off < WEBHOOKS_MS) return warning('clock', adviceFor(words, 'Times in events are wrong by as much.'));
  if (off < GATEWAY_MS)
    return problem(
      'clock',
      adviceFor(words, 'Webhooks refuse signatures that are 5 minutes off, DCS those of 15.'),
    );
  return problem('clock', adviceFor(words, 'DCS refuses signatures that are 15 minutes off.'));
}

function adviceFor(words: string, why: string): Explanation {
  return { words, advice: `${SET_IT} ${why}` };
}

function spanWords(ms: number): string {
  return ms < 2 * MINUTE_MS ? `${Math.round(ms / SECOND_MS)} s` : `${Math.round(ms / MINUTE_MS)} minutes`;
}
