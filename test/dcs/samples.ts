import { readdirSync, readFileSync } from 'node:fs';

/** An answer as the fixtures hold it. */
export interface Sample {
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface SampleFile {
  readonly http_status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const FOLDER = new URL('../fixtures/dcs/samples/', import.meta.url);

/** Every sample of the fixtures; a body that is no JSON stands there as a string. */
export const SAMPLES: readonly Sample[] = readdirSync(FOLDER).map(read);

export function sample(name: string): Sample {
  const found = SAMPLES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found;
}

function read(file: string): Sample {
  const content: SampleFile = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  const body = typeof content.body === 'string' ? content.body : JSON.stringify(content.body);
  return { name: file.replace(/\.json$/, ''), status: content.http_status, headers: content.headers, body };
}
