import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../lib/base/columns.ts';
import { printable } from '../../../../lib/base/text.ts';
import { overviewLines } from '../../../../lib/cli/commands/status/overview.ts';
import { timesIn } from '../../../../lib/cli/terminal/times.ts';
import type { Status } from '../../../../lib/status/status.ts';
import { replicates, ticks, world } from '../../../poll/support.ts';
import { everyPhase } from '../../../status/story.ts';
import { statusIn } from '../../../status/support.ts';

function linesOf(status: Status, columns = 80): string[] {
  const sheet = { columns, paint: (_style: unknown, text: string) => text };
  return overviewLines(status, timesIn('Asia/Shanghai'), sheet);
}

/** Without the seconds, which depend on what happens at the same time. */
function shown(status: Status): string {
  return `\n${linesOf(status)
    .join('\n')
    .replaceAll(/:\d\d UTC/g, ':.. UTC')}\n`;
}

describe('the overview', () => {
  it('shows tasks of every phase, what is missing, out of sight, pending and broken', async () => {
    expect(shown(await statusIn(await everyPhase(world)))).toBe(`
2026-01-05 08:56:.. UTC+8: 13 tasks, last good tick 1 min ago, 2 failed looks

TASK              PHASE        FOR     FIGURES              READY          LOOK
name of copy      full         47 min  45 %, 51 min left    not yet        1 min
name of stalled   full         47 min  30 %, stalled        not yet        1 min
name of behind    incremental  36 min  lag 12 MB, keys …    no: lag, keys  1 min
name of waiting   incremental  36 min                       not known      1 min
name of ready     incremental  36 min  no lag, keys 0 %     ready          1 min
name of switched  incremental  36 min  no lag, keys 0 %     -              1 min
name of failing   incremental  36 min  no lag, keys 0 %     not known      fails
name of failed    failed       36 min                       -              1 min
name of done      succeeded    3 min                        -              1 min
name of gone      gone         2 min                        -              1 min
typo              not seen                                  not known      fails
hidden-1          not seen                                  not known      none
hidden-2          not seen                                  not known      none

GROUP  TASKS  READY  DONE  FAILED  ANNOUNCED
all    3      1      1     1       failed

NOT READY
  name of behind: the lag (offset) is 12 MB (limit 1 kB), and the key counts
    differ by 10 % (source 1,000, target 900, limit 1 %)
  name of waiting: the statistics give no usable lag and key counts
  name of failing: lag and key counts are not known now (last noted 2026-01-05
    00:.. UTC: in step)

LOOKS FAIL
  name of failing: since 2026-01-05 08:53:.. UTC+8 (unreadable answer): HTTP
    200: the answer has no status. Check the endpoint, and look for a proxy or
    portal in between.
  typo: since 2026-01-05 08:10:.. UTC+8 (not found): HTTP 400 DCS.4133: there is
    no such task. The service says "Instance job is not found.". Check the task
    id and its project.

OUT OF SIGHT
  dark: since 2026-01-05 08:10:.. UTC+8 (not authorised): HTTP 401 APIGW.0301:
    signature refused. The access key does not exist. Check that it is complete
    and was not deleted. The service says "Incorrect IAM authentication
    information: Get secretKey failed,ak:***,err:ak not exist".
  dark: left alone until 2026-01-05 09:03:.. UTC+8

CHANNELS
  broken (webhook): 34 pending; broken since 2026-01-05 08:10:.. UTC+8 (HTTP 410
    (the receiver is gone for good; remove the channel, or change its URL)),
    next try 2026-01-05 09:10:.. UTC+8
  strict (webhook): 35 dead
`);
  });

  it('says that no tick has left a mark, and that no task is known', async () => {
    const made = await world({ tasks: [] });
    expect(shown(await statusIn(made))).toBe(`
2026-01-05 08:10:.. UTC+8: no good tick has left a mark yet

No task is known yet.
`);
  });

  it('keeps to the width of the terminal, whatever tasks are called', async () => {
    const names = [
      '数据库迁移'.repeat(20),
      'x'.repeat(300),
      '\u001b[31mred\u001b[0m\nline',
      '🧭'.repeat(50),
      ' ',
    ];
    const tasks = names.map((name, i) => ({ id: `task-${i}`, name, labels: {} }));
    const made = await world({ projects: [{ name: names[0] ?? '', tasks }] });
    replicates(made, 'task-0', 'task-1');
    await ticks(made, 4);
    const status = await statusIn(made);
    for (const columns of [60, 80, 200]) {
      const lines = linesOf(status, columns);
      expect(lines.filter((line) => columnsOf(line) > columns)).toEqual([]);
      expect(printable(lines.join(''))).toBe(lines.join(''));
    }
  });
});
