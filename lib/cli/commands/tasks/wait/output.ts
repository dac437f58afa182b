import { printable } from '../../../../base/text.ts';
import type { TaskState } from '../../../../migration/model/state.ts';
import { detailOf, type Failure } from '../../../../wait/failures.ts';
import type { End, News, Wait } from '../../../../wait/wait.ts';
import type { ExitCode } from '../../../command.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { endWords, failureWords, stillWords, type WaitSubject } from './words.ts';

/** Prints what happens while somebody waits, and how it ends. */
export interface Reporter {
  readonly say: Wait['say'];
  end(end: End, code: ExitCode): void;
}

/** How it is printed. */
interface Style extends WaitSubject {
  readonly timeZone?: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export function createReporter(style: Style, terminal: Terminal): Reporter {
  return style.json ? jsonReporter(style, terminal) : textReporter(style, terminal);
}

function textReporter(style: Style, terminal: Terminal): Reporter {
  const log = terminal.log(style.timeZone);
  let last: TaskState | undefined;
  const say = (news: News) => {
    if (news.kind === 'change') return log({ kind: 'event', event: news.event });
    const isProblem = news.kind === 'look failed';
    return log({ kind: isProblem ? 'problem' : 'notice', message: newsWords(news, last) });
  };
  return {
    say(news, task) {
      last = task;
      say(news);
    },
    end(end) {
      const message = endWords(end, style, last);
      if (end.kind === 'reached') log({ kind: 'notice', message });
      else terminal.complain(printable(message));
    },
  };
}

function newsWords(news: Exclude<News, { readonly kind: 'change' }>, task: TaskState | undefined): string {
  switch (news.kind) {
    case 'look failed':
      return `${failureWords(news.failure)} Looks again in ${Math.ceil(news.nextInMs / 1000)} s.`;
    case 'looks again':
      return 'looks work again';
    case 'still':
      return `still waiting: ${stillWords(task, news.stats)}`;
  }
}

/** One object per line: what happened, with where the task is then. */
function jsonReporter(style: Style, { write, complain, clock }: Terminal): Reporter {
  let last: TaskState | undefined;
  const line = (facts: object) => {
    const { status, phase } = last?.standing ?? {};
    const time = new Date(clock.now()).toISOString();
    write(JSON.stringify({ time, task: style.taskId, status, phase, ...facts }));
  };
  return {
    say(news, task) {
      last = task;
      line(jsonOf(news, task));
    },
    end(end, exit) {
      const message = endWords(end, style, last);
      const goal = end.kind === 'reached' ? end.goal.word : undefined;
      const failure = end.kind === 'refused' ? factsOf(end.failure) : {};
      line({ kind: 'end', end: end.kind.replace(' ', '_'), goal, exit, message, ...failure });
      if (style.quiet && end.kind !== 'reached') complain(printable(message));
    },
  };
}

/** The answer as codes. */
function factsOf(failure: Failure): object {
  if (failure.kind === 'skipped') return {};
  const { answer, requestId } = failure;
  return { httpStatus: answer?.httpStatus, code: answer?.errorCode ?? answer?.code, requestId };
}

function jsonOf(news: News, task: TaskState | undefined): object {
  switch (news.kind) {
    case 'change': {
      const { type, data } = news.event;
      return { kind: 'change', type, severity: data.severity, message: data.summary, data };
    }
    case 'look failed': {
      const { failure, nextInMs } = news;
      const message = detailOf(failure);
      return { kind: 'look_failed', message, ...factsOf(failure), nextInSeconds: nextInMs / 1000 };
    }
    case 'looks again':
      return { kind: 'looks_again', message: newsWords(news, task) };
    case 'still':
      return { kind: 'still', message: newsWords(news, task), figures: news.stats };
  }
}
