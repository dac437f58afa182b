import { printable } from '../../../base/text.ts';
import { DcsError } from '../../../client/error.ts';
import { createTaskCalls } from '../../../client/task-calls.ts';
import type { DcsClient } from '../../../client/types.ts';
import { TIMEOUT_MS } from '../../../dcs/timeout.ts';
import { createHttpClient } from '../../../http/undici.ts';
import { EXIT, type ExitCode } from '../../command.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { ProjectOptions } from './options.ts';
import { forCommandLine, type ResolvedProject, resolveProject } from './resolve-project.ts';

/** The options of every command that asks DCS. */
export interface AskOptions extends ProjectOptions {
  readonly json: boolean;
}

/** The question: about a task, or about none. */
export interface Question extends AskOptions {
  readonly taskId?: string | undefined;
}

/**
 * Asks DCS by hand: opens a client for the project of the command line, and prints a refusal.
 *
 * @throws {ConfigError}
 */
export async function asking(
  question: Question,
  terminal: Terminal,
  work: (dcs: DcsClient, reach: ResolvedProject) => Promise<void>,
): Promise<ExitCode> {
  const reach = await resolveProject(question, terminal, question.taskId);
  const { clock } = terminal;
  const http = createHttpClient({ proxies: reach.proxies });
  const dcs = createTaskCalls(reach.access, { http, clock, timeoutMs: TIMEOUT_MS });
  try {
    await work(dcs, reach);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof DcsError)) throw error;
    return refused(error, question.json, terminal);
  } finally {
    await dcs.close();
  }
}

function refused(error: DcsError, asJson: boolean, { write, complain }: Terminal): ExitCode {
  if (asJson) write(JSON.stringify({ error: errorJson(error) }));
  complain(errorLine(error));
  return EXIT.failed;
}

/** `HTTP 401 APIGW.0301: signature refused. … The service says "…". (request id 5a1d…)` */
export function errorLine({ message, requestId }: DcsError): string {
  const id = requestId === undefined ? '' : ` (request id ${requestId})`;
  return printable(`${forCommandLine(message)}${id}`);
}

export function errorJson({ status, code, message, serviceMessage, requestId }: DcsError) {
  return { httpStatus: status, code, message: forCommandLine(message), serviceMessage, requestId };
}
