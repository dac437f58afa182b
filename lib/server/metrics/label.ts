import { oneLine } from '../../base/text.ts';

/** Databases of metrics refuse a scrape with a longer one, where they are configured to. */
const LONGEST_LABEL = 200;

/** The value of a label: names are data of somebody else. */
export function labelOf(text: string | undefined): string {
  return oneLine(text ?? '', LONGEST_LABEL);
}
