import type { Dialog } from '../../terminal/terminal.ts';

/** Somebody left a dialog with Ctrl-C or Escape. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export interface TextQuestion {
  readonly message: string;
  /** Shown where nothing is typed yet. */
  readonly example?: string | undefined;
  /** Typed already. */
  readonly before?: string | undefined;
  readonly isOptional?: boolean | undefined;
  /** @returns what is wrong with an answer */
  problem?(answer: string): string | undefined;
}

export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

/** Questions to somebody at a terminal. Each rejects with {@link Cancelled} where they leave. */
export interface Prompts {
  begin(title: string): void;
  note(line: string): void;
  end(line: string): void;
  text(question: TextQuestion): Promise<string>;
  one(message: string, choices: readonly Choice<string>[]): Promise<string>;
  some(message: string, choices: readonly Choice<string>[], before: readonly string[]): Promise<string[]>;
  isWanted(message: string): Promise<boolean>;
  /** Shows that something goes on. */
  during<T>(message: string, work: Promise<T>): Promise<T>;
}

/** Lines of a list that a terminal shows at once. */
const MOST_SHOWN = 14;

/** The library is loaded only where somebody is asked. */
export async function createPrompts(dialog: Dialog): Promise<Prompts> {
  const clack = await import('@clack/prompts');
  const kept = async <T>(asking: Promise<T | symbol>): Promise<T> => {
    const answer = await asking;
    if (typeof answer === 'symbol') throw new Cancelled('cancelled');
    return answer;
  };
  return {
    begin: (title) => clack.intro(title, dialog),
    note: (line) => clack.log.info(line, dialog),
    end: (line) => clack.outro(line, dialog),
    async text({ message, example = '', before = '', isOptional = false, problem = () => undefined }) {
      const validate = (typed: string | undefined) => {
        const answer = typed?.trim() ?? '';
        if (answer === '') return isOptional ? undefined : 'is needed';
        return problem(answer);
      };
      const asked = { message, placeholder: example, initialValue: before, validate, ...dialog };
      return (await kept<string>(clack.text(asked))).trim();
    },
    one: (message, choices) => kept<string>(clack.select({ message, options: [...choices], ...dialog })),
    some: (message, choices, before) =>
      kept<string[]>(
        clack.multiselect({
          message: `${message} (space chooses, enter goes on)`,
          options: [...choices],
          initialValues: [...before],
          required: true,
          maxItems: MOST_SHOWN,
          ...dialog,
        }),
      ),
    isWanted: (message) => kept<boolean>(clack.confirm({ message, ...dialog })),
    async during(message, work) {
      clack.log.step(message, dialog);
      return work;
    },
  };
}
