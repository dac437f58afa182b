import { Secret } from '../../../lib/base/secret.ts';
import type { DcsAccess } from '../../../lib/dcs/client.ts';
import type { Stamp } from '../../../lib/events/event.ts';
import type { HttpLimits, HttpRequest, HttpResponse } from '../../../lib/http/client.ts';
import type { ListedTask } from '../../../lib/migration/model/enrichment.ts';
import { DEFAULT_THRESHOLDS } from '../../../lib/migration/model/thresholds.ts';
import type { TickProject } from '../../../lib/poll/target.ts';
import { json, realisticAnswer, signatureRefused } from '../../../lib/simulator/answers.ts';
import { FAULTS } from '../../../lib/simulator/faults.ts';
import { STAMP } from '../../support/stamp.ts';
import { CANARIES } from './canaries.ts';
import { type Behaviour, behave, namesOf } from './receivers.ts';
import { MISSING } from './truth.ts';

export const PROJECT_ID = '254d2280acb74d36a8b839746bcd7352';
const HOST = 'dcs.cn-north-4.myhuaweicloud.com';

/** The project of all scenarios. */
export const ACCESS: DcsAccess = {
  projectId: PROJECT_ID,
  region: 'cn-north-4',
  endpoint: new URL(`https://${HOST}`),
  allowInsecure: false,
  credentials: {
    accessKey: new Secret(CANARIES.accessKey),
    secretKey: new Secret(CANARIES.secretKey),
    securityToken: new Secret(CANARIES.securityToken),
  },
};

export interface ProjectOptions {
  readonly id?: string;
  /** What the project's list shows, and the rate that decides whether it is read before the looks. */
  readonly requestsPerSecond?: number;
  readonly rows?: () => readonly ListedTask[];
}

/** The project as a tick gets it. The calls of the enrichment change nothing, so they are no steps. */
export function projectOf(
  tasks: readonly string[],
  look: TickProject['look'],
  stamp: Stamp = STAMP,
  { id = PROJECT_ID, ...list }: ProjectOptions = {},
): TickProject {
  const { requestsPerSecond = 100, rows = () => tasks.map((taskId) => ({ taskId })) } = list;
  const consoleUrl = 'https://console.example.com/';
  const watchOf = (taskId: string) => ({
    projectId: id,
    taskId,
    project: 'prod',
    region: ACCESS.region,
    labels: {},
    consoleUrl,
    stamp,
    thresholds: DEFAULT_THRESHOLDS,
  });
  return {
    id,
    name: 'prod',
    region: ACCESS.region,
    tasks: tasks.length,
    consoleUrl,
    stamp,
    keyFingerprint: 'key-1',
    endpointFingerprint: 'endpoint-1',
    pace: { requestsPerSecond, timeoutMs: 10_000 },
    watches: tasks.map(watchOf),
    watchOf,
    look,
    list: async () => ({ kind: 'known', value: rows() }),
    stats: async () => ({ kind: 'skipped', why: 'out of time' }),
    logs: async () => ({ kind: 'skipped', why: 'out of time' }),
  };
}

/** What goes wrong with a look, by what the service or the network does. */
const FAILURES = {
  'slow answer': { slow: 'in time' },
  refused: { error: 'ECONNREFUSED' },
  reset: { error: 'ECONNRESET' },
  'time-out': { slow: 'too late' },
  'host name not found': { error: 'ENOTFOUND' },
  'bad certificate': { error: 'CERT_HAS_EXPIRED' },
  'blocked address': { error: 'blocked_address' },
  'answer too large': { error: 'UND_ERR_HEADERS_OVERFLOW' },
  'error 500': FAULTS['internal error'],
  'gateway 502': FAULTS['bad gateway'],
  'page instead of JSON': FAULTS['HTML instead of JSON'],
  'broken at the password': FAULTS['JSON broken at the password'],
  throttled: FAULTS.throttled,
  'throttled for a while': { ...FAULTS.throttled, headers: { 'retry-after': '30' } },
  'signature refused': signatureRefused(`Access=${CANARIES.accessKey}, token ${CANARIES.securityToken}`),
  'policy denies': FAULTS['identity policy denies'],
  'malformed id': FAULTS['task id malformed'],
} satisfies Readonly<Record<string, Behaviour>>;

/** The service says that a task does not exist, although it does. */
const GLITCHES = {
  'no such task': FAULTS['task not found'],
  '404': FAULTS['404 of the API'],
  deleted: FAULTS['task deleted'],
} satisfies Readonly<Record<string, Behaviour>>;

type Failure = keyof typeof FAILURES;
type Glitch = keyof typeof GLITCHES;
export type LookFault = Failure | Glitch;
export const LOOK_FAILURES = namesOf(FAILURES);
export const LOOK_GLITCHES = namesOf(GLITCHES);

export function isGlitch(fault: LookFault): fault is Glitch {
  return Object.hasOwn(GLITCHES, fault);
}

export function isForService({ url }: HttpRequest): boolean {
  return url.host === HOST;
}

/** The task that a request to the service asks for; nothing when it is no look. */
export function taskIn({ url }: HttpRequest): string | undefined {
  return /^\/v2\/[0-9a-f]{32}\/migration-task\/(.+)$/.exec(url.pathname)?.[1];
}

/** How the service answers what it does not know. */
export function serveNothing(limits: HttpLimits): HttpResponse {
  return behave(FAULTS['API not published'], HOST, limits, () => undefined);
}

/**
 * How the service answers a look at a task in this status.
 *
 * @param pass lets time pass (milliseconds)
 * @throws {HttpError} when there is no answer
 */
export function serve(
  request: { readonly taskId: string; readonly status: string; readonly fault: LookFault | undefined },
  limits: HttpLimits,
  pass: (ms: number) => void,
): HttpResponse {
  const { taskId, status, fault } = request;
  const truth = status === MISSING ? FAULTS['task not found'] : json(200, answerOf(taskId, status));
  const changed = fault === undefined ? {} : FAULT_BEHAVIOURS[fault];
  return behave({ ...truth, ...changed }, HOST, limits, pass);
}

const FAULT_BEHAVIOURS: Readonly<Record<LookFault, Behaviour>> = { ...FAILURES, ...GLITCHES };

/** As the documented samples have it: with both passwords in clear text. */
function answerOf(taskId: string, status: string) {
  return realisticAnswer(status, {
    task_id: taskId,
    task_name: `name of ${taskId}`,
    source_instance: { name: 'old', addrs: '192.168.1.2:6379', password: CANARIES.sourcePassword },
    target_instance: { name: 'new', addrs: '192.168.1.31:6379', password: CANARIES.targetPassword },
  });
}
