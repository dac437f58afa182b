import type { Phase } from '../../../events/phase.ts';
import type { Style } from '../../terminal/colours.ts';

const STYLES: Readonly<Partial<Record<Phase, Style>>> = {
  configuring: 'yellow',
  incremental: 'yellow',
  succeeded: 'green',
  failed: 'red',
  gone: 'red',
};

/** Colours for what needs somebody, and for how tasks end. */
export function styleOf(phase: Phase | undefined): Style | undefined {
  return phase && STYLES[phase];
}
