import { REGIONS } from '../../huawei/regions.ts';
import { isInBody, isTemplate, type Path, pathText } from '../path.ts';
import { textsIn, type Value } from '../yaml/tree.ts';
import type { ProblemAt } from './problem-at.ts';

/**
 * A variable in the form of shells, batch files and templates, or in our own form where the text is taken literally.
 */
const VARIABLE =
  /^(?:\$[A-Za-z_]\w*|\$\([^()]*\)|%[A-Za-z_]\w*%|\{\{.*\}\}|\$\{[^{}]*\}|env[:.][A-Za-z_]\w*)$/;
/** Placeholders of instructions, which the user must replace. */
const STAND_IN =
  /^(?:<[^<>]*>|\[[^[\]]*\]|(?:your|my|the)[-_ ].*|x{3,}|\*{3,}|\.{3}|…|changeme|change[-_]me|todo|tbd)$/i;
/** Regions of Huawei Cloud, which are never placeholders, even `my-kualalumpur-1`. */
const REGIONS_OF_HUAWEI: ReadonlySet<string> = new Set(REGIONS);
/** In the middle of a text: `Bearer $TOKEN`. */
const INSIDE = /(?:^|[^$\w])(?:\$[A-Z_][A-Z0-9_]+|%[A-Z_][A-Z0-9_]+%)(?:$|\W)/;

const WITHOUT_BRACES = 'looks like a variable that was not filled in; one is written ${NAME}, with braces';
const NOT_FILLED = 'looks like a placeholder that you have to replace';

/** Last names in paths to secrets and addresses, whose texts are never a literal `$NAME`. */
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

/**
 * Problems of texts that are surely unreplaced placeholders. Messages never repeat them, because they may be secrets.
 */
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

/** Warnings about texts that look like unreplaced placeholders, but may be intended; one line each. */
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

/** Whether a path leads to plain text: a name, label, header or body. */
function isPlain(path: Path): boolean {
  return isInBody(path) || path.some((step) => step === 'name' || step === 'labels' || step === 'headers');
}
