import * as z from 'zod/mini';
import type { Value } from '../yaml/tree.ts';

/**
 * Reads the readable part of a file that may have problems elsewhere. Consistency can then be checked together with the
 * form, and all problems are reported at once.
 */
const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
/** Keeps an empty text, which is a mistake here and not a missing setting. */
const given = z.catch(z.optional(z.string()), undefined);
const NO_LABELS: Record<string, string> = {};
const labels = z.catch(z.record(z.string(), z.string()), NO_LABELS);

/** Stands for an unreadable task. */
const UNREADABLE = { id: undefined, labels: NO_LABELS };
const task = z.catch(
  z.union([
    z.pipe(
      z.string(),
      z.transform((id: string) => ({ id: id === '' ? undefined : id, labels: NO_LABELS })),
    ),
    z.object({ id: text, labels }),
  ]),
  UNREADABLE,
);

/** `null` stands for an unreadable name, whose matches are unknown. */
const discover = z.catch(
  z.union([
    z.pipe(
      z.literal(true),
      z.transform(() => ({ name: undefined, labels: NO_LABELS })),
    ),
    z.object({ name: z.catch(z.nullish(z.string().check(z.minLength(1))), null), labels }),
  ]),
  { name: null, labels: NO_LABELS },
);

const project = z.object({
  id: text,
  name: text,
  region: given,
  endpoint: given,
  allowInsecure: z.catch(z.boolean(), false),
  credentials: z.optional(z.catch(z.object({ accessKey: given, secretKey: given }), {})),
  tasks: z.catch(z._default(z.array(task), []), [UNREADABLE]),
  discover: z.optional(discover),
});

const words = z.catch(z.array(z.string()), []);
const NO_FILTER = { events: [], to: [], projects: [], groups: [], labels: NO_LABELS };
const channel = z.catch(
  z.object({
    type: text,
    url: text,
    mention: z.optional(z.unknown()),
    credentials: z.optional(z.unknown()),
    mentionOn: words,
    when: z.catch(z.object({ events: words, to: words, projects: words, groups: words, labels }), NO_FILTER),
  }),
  { mentionOn: [], when: NO_FILTER },
);

const group = z.catch(
  z.object({ tasks: z.catch(z.optional(z.array(text)), []), labels: z.optional(labels) }),
  { tasks: [] },
);

const NO_MARKS: number[] = [];
const settings = z.catch(
  z.object({
    interval: given,
    lookEvery: given,
    progress: z.catch(z.array(z.number()), NO_MARKS),
    cutover: z.catch(z.object({ maxKeyGap: z.catch(z.optional(z.number()), undefined) }), {}),
  }),
  { progress: NO_MARKS, cutover: {} },
);

const lenient = z.object({
  projects: z.catch(z.array(z.catch(z.nullable(project), null)), []),
  channels: z.catch(z.record(z.string(), channel), {}),
  groups: z.catch(z.record(z.string(), group), {}),
  settings,
});

type Made = z.output<typeof lenient>;
/** A project with its place in the file's list. */
export type LenientProject = NonNullable<Made['projects'][number]> & { readonly index: number };
export interface LenientConfig {
  readonly projects: readonly LenientProject[];
  readonly channels: Made['channels'];
  readonly groups: Made['groups'];
  readonly settings: Made['settings'];
}

const NOTHING: Made = {
  projects: [],
  channels: {},
  groups: {},
  settings: { progress: NO_MARKS, cutover: {} },
};

/** Reads every readable part; never fails. */
export function readLeniently(value: Value): LenientConfig {
  const { projects, ...others } = z.parse(z.catch(lenient, NOTHING), value);
  return {
    projects: projects.flatMap((project, index) => (project === null ? [] : [{ ...project, index }])),
    ...others,
  };
}
