import type { PermittedCall } from '../../events/answer.ts';
import type { Answer } from '../../events/event.ts';
import { type Language, wordFor } from '../language.ts';
import { explanationWords } from './explanations/explanations.ts';

/** Continues "访问密钥无权". */
const DEEDS: Readonly<Record<PermittedCall, string>> = {
  ShowMigrationTask: '查询迁移任务',
  ListMigrationTask: '列出迁移任务',
  ShowMigrationTaskStats: '读取迁移任务的统计数据',
  ListMigrationTaskLogs: '读取迁移任务的日志',
};

function notPermitted({ call = 'ShowMigrationTask', permission, isGuess }: Answer): string {
  const named = permission === undefined ? '相应权限' : ` ${permission} 权限`;
  const right = isGuess ? `相应权限（可能是 ${permission}，文档未写明）` : named;
  return `访问密钥无权${DEEDS[call]}。请为密钥所属的用户或委托授予此项目的${right}。`;
}

function clockWords({ minutes = 0 }: Answer): string {
  return `签名被拒绝。本机时钟${minutes > 0 ? '快' : '慢'} ${Math.abs(minutes)} 分钟，请校准。`;
}

type Fault = NonNullable<Answer['fault']>;

/** Stands behind the host that was asked, and a colon. */
const FAULTS: Readonly<Record<Fault, string>> = {
  timeout: '超时未响应',
  dns: 'DNS 解析失败',
  connection: '连接失败',
  tls: 'TLS 连接失败',
  blocked_address: '地址不允许访问',
  protocol: '响应不符合 HTTP 协议',
  too_large: '响应过长',
};

/** Advice in the words of the configuration. */
const HINTS = {
  'check endpoint': '请检查区域或终端节点。',
  'allow insecure': '如确需访问此地址，请为项目设置 allowInsecure: true。',
} as const;

/** Details for which an older version stored no codes stand behind the meaning as they are. */
function noAnswer({ words, fault, host, hint, explanation }: Answer): string {
  const advice = hint === undefined ? '' : HINTS[hint];
  const explained = explanation && explanationWords(explanation);
  if (explained !== undefined) return `${explained}。${advice}`;
  const meaning =
    fault === undefined ? '没有响应' : [host, wordFor(FAULTS, fault)].filter(Boolean).join('：');
  return `${meaning}${words === undefined ? '' : `（详情：${words}）`}。${advice}`;
}

function detailWords({ words, explanation }: Answer): string {
  const explained = explanation && explanationWords(explanation);
  if (explained !== undefined) return `（${explained}）`;
  return words === undefined ? '' : `（详情：${words}）`;
}

const LOOK_IT_UP = '请在 DCS 的 API 参考中查询错误码，或咨询华为云技术支持。';
const NEW_CREDENTIALS = '请获取新的临时凭证';
const CHECK_KEYS = '请检查访问密钥（AK/SK）';

/** The meaning of an answer, and what to do about it. */
export const answers: Language['answers'] = {
  no_answer: noAnswer,
  throttled: ({ seconds = 0 }) => `请求过于频繁，${seconds} 秒内暂停调用。`,
  key_locked: () => `签名被拒绝。请求多次被拒，访问密钥被锁定 5 分钟。${CHECK_KEYS}，确认无误后再试。`,
  key_unknown: () => '签名被拒绝。访问密钥（AK）不存在，请检查是否填写完整、是否已被删除。',
  token_refused: () => `签名被拒绝。安全令牌错误或已过期。${NEW_CREDENTIALS}。`,
  clock_wrong: clockWords,
  signature_refused: () => `签名被拒绝。${CHECK_KEYS}，确认本机时钟误差小于 15 分钟，且账号没有欠费。`,
  wrong_project: () => 'DCS 不允许此访问密钥访问此项目。请确认密钥与项目属于同一账号，且区域正确。',
  token_invalid: () => `安全令牌无效。${NEW_CREDENTIALS}，或检查访问密钥。`,
  token_expired: () => `安全令牌已过期。${NEW_CREDENTIALS}。`,
  token_absent: () => `DCS 收到的请求中没有令牌。${CHECK_KEYS}，并确认中间没有代理丢弃请求头。`,
  not_accepted: () => `DCS 不接受此访问密钥。${CHECK_KEYS}，并确认其在此区域有效。`,
  not_permitted: notPermitted,
  not_permitted_without_code: (answer) =>
    `请求被拒绝，没有错误码：可能被中间的防火墙拦截，也可能是${notPermitted(answer)}`,
  gateway_refuses: () => `API 网关拒绝了请求。${LOOK_IT_UP}`,
  gateway_refuses_key: () => 'API 网关拒绝了此访问密钥。请查询错误码，或咨询华为云技术支持。',
  service_refuses: () => `DCS 拒绝了请求。${LOOK_IT_UP}`,
  service_refuses_without_code: () => 'DCS 拒绝了请求，没有错误码。',
  project_unavailable: () => '项目不可用。请检查项目 ID 和区域，并确认项目没有因欠费被冻结或停用。',
  refused_on_the_way: () =>
    '请求未到达 DCS，被中间的代理、防火墙或认证门户拒绝。请在该处放行发往此终端节点的请求。',
  no_such_api: () => '此主机不提供 DCS API。请检查区域或终端节点。',
  redirect: () => '终端节点返回了重定向，本程序不跟随重定向。请检查终端节点，以及中间是否有代理或认证门户。',
  no_such_task: () => '没有这个任务。',
  project_id_mistyped: () => '项目 ID 格式不对，请检查。',
  task_id_mistyped: () => '任务 ID 格式不对，请检查。',
  not_a_task_id: () => '这不是迁移任务的 ID，请检查。',
  gave_up_waiting: () => '服务器等待请求超时。',
  gateway_failed: () => '中间的网关或代理出错。如持续出现，请检查终端节点。',
  service_failed: () => 'DCS 内部错误。如持续出现，请咨询华为云技术支持。',
  undocumented: () => 'DCS 文档中没有这种响应。请检查终端节点。',
  unreadable: (answer) =>
    `响应无法解析${detailWords(answer)}。请检查终端节点，以及中间是否有代理或认证门户。`,
  list_changed: (answer) =>
    `本次读取的任务列表不予采用${detailWords(answer) || '（前后不一致）'}，稍后将重新读取。`,
  status_deleted: () => '任务的状态是 DELETED。',
  deleted: () => '任务详情中的状态为 SUCCESS，但任务列表中没有此任务。',
};

/** `HTTP 401 APIGW.0301：签名被拒绝。……服务返回：“……”。` */
export function answerWords(answer: Answer): string {
  const { code, httpStatus, errorCode, errorMessage, neverSeen } = answer;
  const status =
    httpStatus === undefined ? '' : `HTTP ${httpStatus}${errorCode === undefined ? '' : ` ${errorCode}`}：`;
  const said = errorMessage === undefined ? '' : `服务返回：“${errorMessage}”。`;
  const check = neverSeen ? '请检查任务 ID 及其项目。' : '';
  return `${status}${answers[code](answer)}${said}${check}`;
}
