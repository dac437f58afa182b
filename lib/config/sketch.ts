import * as z from 'zod/mini';
import type { Value } from './yaml-tree.ts';

/**
 * What can be made out of a file, whatever else is wrong with it: whether its parts agree is checked together with
 * their form, so that all problems are told at once.
 */
const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
/** An empty text is a mistake of its own here, not a missing setting. */
const given = z.catch(z.optional(z.string()), undefined);
const NO_LABELS: Record<string, string> = {};
const labels = z.catch(z.record(z.string(), z.string()), NO_LABELS);

const task = z.catch(
  z.union([
    z.pipe(
      z.string(),
      z.transform((id: string) => ({ id: id === '' ? undefined : id, labels: NO_LABELS })),
    ),
    z.object({ id: text, labels }),
  ]),
  { id: undefined, labels: NO_LABELS },
);

const project = z.object({
  id: text,
  name: text,
  region: given,
  endpoint: given,
  allowInsecure: z.catch(z.boolean(), false),
  credentials: z.optional(z.unknown()),
  tasks: z.catch(z.array(task), []),
});

const channel = z.catch(
  z.object({
    when: z.catch(z.object({ projects: z.catch(z.array(z.string()), []), labels }), {
      projects: [],
      labels: NO_LABELS,
    }),
  }),
  { when: { projects: [], labels: NO_LABELS } },
);

const sketch = z.object({
  projects: z.catch(z.array(z.catch(z.nullable(project), null)), []),
  channels: z.catch(z.record(z.string(), channel), {}),
});

export type Sketch = z.output<typeof sketch>;
/** A project with its place in the file's list. */
export type SketchedProject = NonNullable<Sketch['projects'][number]> & { readonly index: number };

/** Makes out what it can; never fails. */
export function sketchOf(value: Value): { projects: SketchedProject[]; channels: Sketch['channels'] } {
  const { projects, channels } = z.parse(z.catch(sketch, { projects: [], channels: {} }), value);
  return {
    projects: projects.flatMap((project, index) => (project === null ? [] : [{ ...project, index }])),
    channels,
  };
}
