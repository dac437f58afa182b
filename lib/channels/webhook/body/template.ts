import { Context, Drop, Output, type Template as Part, toValueSync } from 'liquidjs';
import { TEXTS, VALUES } from './engine.ts';
import { TemplateError } from './error.ts';
import { templateErrorOf } from './words.ts';

export interface RenderOptions {
  /** A variable that the event lacks is an error, else it is empty. */
  readonly strict: boolean;
  readonly mostMs: number;
}

/** One text of a body. */
export interface Template {
  /**
   * A text; for a template that is one expression and nothing else, its value.
   *
   * @throws {TemplateError}
   */
  render(event: object, options: RenderOptions): unknown;
  /** The fields of the event that it names, also where they are not reached; a path ends where it is computed. */
  readonly fields: readonly (readonly (string | number)[])[];
}

/** @throws {TemplateError} */
export function templateOf(text: string): Template {
  return named(() => {
    const [only, ...others] = VALUES.parse(text);
    if (only instanceof Output && others.length === 0) return expression(only);
    const parts = TEXTS.parse(text);
    return {
      fields: fieldsIn(parts),
      render: (event, options) => named(() => textOf(parts, event, options)),
    };
  });
}

function expression(output: Output): Template {
  return {
    fields: fieldsIn([output]),
    render: (event, { strict, mostMs }) =>
      named(() => {
        const options = { sync: true, strictVariables: strict, renderLimit: mostMs };
        const context = new Context(event, VALUES.options, options, { liquid: VALUES });
        return asJson(toValueSync(output.value.value(context, false)));
      }),
  };
}

function textOf(parts: Part[], event: object, { strict, mostMs }: RenderOptions): string {
  const rendered: unknown = TEXTS.renderSync(parts, event, { strictVariables: strict, renderLimit: mostMs });
  return String(rendered);
}

function asJson(value: unknown): unknown {
  if (value === undefined || value instanceof Drop) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TemplateError('value', 'gives a number that JSON does not have');
  }
  return value;
}

function fieldsIn(parts: Part[]): (string | number)[][] {
  const { globals } = VALUES.analyzeSync(parts);
  return Object.values(globals)
    .flat()
    .map(({ segments }) => {
      const computed = segments.findIndex((step) => typeof step !== 'string' && typeof step !== 'number');
      return (computed === -1 ? segments : segments.slice(0, computed)).filter(
        (step) => typeof step === 'string' || typeof step === 'number',
      );
    });
}

function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw templateErrorOf(error);
  }
}
