/**
 * The limit of marks in a file that is parsed: the parser takes many seconds for a megabyte of brackets or quotes. A
 * configuration of ten thousand tasks, each with a name and a label, stays below.
 */
const MOST_MARKS = 150_000;
/** The limit of open brackets, which no configuration reaches, even with brackets in its texts. */
const MOST_OPEN = 500;

const TAB = 9;
const isMark: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  '\n\r,:[]{}&*?!%"\'|>#@`-'.includes(String.fromCharCode(code)),
);

/** The reason why a text is too large to parse, found in one pass; nothing if it is not. */
export function sizeProblem(text: string): string | undefined {
  let marks = 0;
  let open = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < TAB || isMark[code] !== true || isInWord(text, i, code)) continue;
    marks += 1;
    if (marks > MOST_MARKS) return 'the file has far more entries than a configuration can have';
    if (code === OPEN_LIST || code === OPEN_MAP) open += 1;
    else if (code === CLOSE_LIST || code === CLOSE_MAP) open -= 1;
    if (open > MOST_OPEN) return 'the file nests too deeply';
  }
  return undefined;
}

const HYPHEN = 45;
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];

/** Whether a hyphen is part of a word, such as an id. Only a hyphen before a blank is a mark. */
function isInWord(text: string, at: number, code: number): boolean {
  return code === HYPHEN && !/\s/.test(text.charAt(at + 1));
}
