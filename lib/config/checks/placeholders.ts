import { REGIONS } from '../../huawei/regions.ts';
import { isInBody, isTemplate, type Path, pathText } from '../path.ts';
import { textsIn, type Value } from '../yaml/tree.ts';
import type { ProblemAt } from './problem-at.ts';

/** A variable as shells, batch files and templates write it, and as it is written here in a text that takes it for plain. */
const VARIABLE =
  /^(?:\$[A-Za-z_]\w*|\$\([^()]*\)|%[A-Za-z_]\w*%|\{\{.*\}\}|\$\{[^{}]*\}|env[:.][A-Za-z_]\w*)$/;
/** Placeholders as instructions have them, for values that the user must fill in. */
const STAND_IN =
  /^(?:<[^<>]*>|\[[^[\]]*\]|(?:your|my|the)[-_ ].*|x{3,}|\*{3,}|\.{3}|…|changeme|change[-_]me|todo|tbd)$/i;
/** One of them is `my-kualalumpur-1`. */
const REGIONS_OF_HUAWEI: ReadonlySet<string> = new Set(REGIONS);
/** In the middle of a text: `Bearer $TOKEN`. */
const INSIDE = /(?:^|[^$\w])(?:\$[A-Z_][A-Z0-9_]+|%[A-Z_][A-Z0-9_]+%)(?:$|\W)/;

const WITHOUT_BRACES = 'looks like a variable that was not filled in; one is written ${NAME}, with braces';
const NOT_FILLED = 'looks like a placeholder that you have to replace';

/** Names at the end of paths to secrets and addresses. No such text is ever a plain `$NAME`. */
const EXACT: ReadonlySet<string> = new Set([
  'accessKey',
  'secretKey',
  'securityToken',
  'url',
  'secret',
  'hubSecret',
  'token',
  'routingKey',
  'heartbeat',
  'endpoint',
  'region',
  'topic',
  'projectId',
  'eventChannel',
  'id',
  'tasks',
]);

/** Texts that cannot be meant, for they are what should have been replaced. None of them is repeated: it may be a secret. */
export function placeholdersIn(value: Value): ProblemAt[] {
  return textsIn(value).flatMap(({ path, text }) => {
    if (!isExact(path)) return [];
    const problem = problemOf(text.trim());
    return problem === undefined ? [] : [{ path, message: problem }];
  });
}

function problemOf(text: string): string | undefined {
  if (VARIABLE.test(text)) return WITHOUT_BRACES;
  return STAND_IN.test(text) && !REGIONS_OF_HUAWEI.has(text) ? NOT_FILLED : undefined;
}

/** Texts that may be meant as they stand, but look like something that was not filled in; one line each. */
export function likelyPlaceholders(value: Value): string[] {
  return textsIn(value).flatMap(({ path, text }) => {
    if (isExact(path) || !isPlain(path) || isTemplate(path, text)) return [];
    const isVariable = VARIABLE.test(text.trim()) || INSIDE.test(text);
    return isVariable ? [`${pathText(path)}: ${WITHOUT_BRACES}`] : [];
  });
}

function isExact(path: Path): boolean {
  const name = path.findLast((step) => typeof step === 'string');
  const isFree = isInBody(path) || path.includes('labels') || path.includes('headers');
  return name !== undefined && EXACT.has(name) && !isFree;
}

/** Names, labels, headers and bodies; other templates have their own language. */
function isPlain(path: Path): boolean {
  return isInBody(path) || path.some((step) => step === 'name' || step === 'labels' || step === 'headers');
}
