/** The way to everything that only a body of one's own needs: LiquidJS and the description of events are loaded when there is one. */
import * as z from 'zod/mini';
import type { Secret } from '../../../base/secret.ts';
import type { MigrationEvent } from '../../../events/event.ts';
import { outcomeOfError } from '../../answers/http-outcome.ts';
import { type OutcomeReason, reasonFromHint } from '../../answers/outcome-reason.ts';
import type { Outcome, OutcomeClass } from '../../channel.ts';
import type { RawSettings, SettingProblem } from '../../channel-type.ts';
import { filterSchema } from '../../filter.ts';
import { TemplateError, type TemplateErrorCode } from './error.ts';
import type { RenderBody } from './render.ts';
import { bodySchema } from './tree.ts';

type Serialised = { readonly body: string } | { readonly failure: Outcome };

/** Makes the body of each request: the event itself, or what the templates of the configuration make of it. */
export function serialiser(own: Secret | undefined): (event: MigrationEvent) => Promise<Serialised> {
  if (own === undefined) return async (event) => ({ body: JSON.stringify(event) });
  let render: RenderBody | undefined;
  return async (event) => {
    try {
      const { bodyRenderer } = await import('./render.ts');
      render ??= bodyRenderer(JSON.parse(own.reveal()));
      return { body: render(event) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
}

/** A template that is wrong was refused when the configuration was loaded. A busy machine is slow for a while. */
const CLASSES: Readonly<Record<TemplateErrorCode, OutcomeClass>> = {
  template: 'broken',
  missing: 'permanent',
  value: 'permanent',
  slow: 'transient',
};

function failureOf(error: unknown): Outcome {
  if (!(error instanceof TemplateError)) return outcomeOfError(error);
  return { class: CLASSES[error.code], ...whyOf(error), ms: 0 };
}

/** A faulty template is a problem of the configuration, so that its author reads about it there. */
function whyOf({ code, message }: TemplateError): OutcomeReason {
  switch (code) {
    case 'missing':
      return reasonFromHint('body_missing');
    case 'slow':
      return reasonFromHint('body_slow');
    default:
      return reasonFromHint('body_wrong', message);
  }
}

const rawSettings = z.object({ body: z.optional(z.unknown()), when: z.optional(z.unknown()) });

/** Tries the templates of a body with every type of event. */
export async function examineBody({ filled, written }: RawSettings): Promise<readonly SettingProblem[]> {
  const { body, when } = z.safeParse(rawSettings, filled).data ?? {};
  if (body === undefined || !bodySchema.safeParse(body).success) return [];
  const filter = z.safeParse(z.optional(filterSchema), when).data;
  const { bodyProblems } = await import('./examine.ts');
  return bodyProblems({ filter, body, written: z.safeParse(rawSettings, written).data?.body });
}
