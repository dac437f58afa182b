import { BASE } from './style/base.ts';
import { PLOTS } from './style/plots.ts';
import { TASKS } from './style/tasks.ts';

/** The style of both pages in one text: its hash is the only style that their policy allows. */
export const STYLE = smaller([BASE, TASKS, PLOTS].join(''));

/** Without the line breaks and the blanks that only serve those who write it. */
function smaller(css: string): string {
  return css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .trim();
}
