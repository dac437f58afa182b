import * as z from 'zod/mini';

/** Ids are 32 hexadecimal digits or UUIDs today, but no document promises that. */
export const id = z
  .string()
  .check(z.regex(/^[A-Za-z0-9-]{1,64}$/, 'expected an id: letters, digits and hyphens, at most 64'));

/** A name for log lines and messages. */
export const name = z
  .string()
  .check(z.regex(/^(?=.*\S)\P{Cc}{1,100}$/u, 'expected a name of one line, at most 100 characters'));

/** The name of a channel or a group. */
export const entryName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
      'expected a name of letters, digits and _ . -, at most 64, not beginning with _ . -',
    ),
  );

export const labels = z.record(
  z.string().check(z.regex(/^(?=.*\S)\P{Cc}{1,64}$/u, 'expected a label of one line, at most 64 characters')),
  z.string().check(z.regex(/^\P{Cc}{0,256}$/u, 'expected a text of one line, at most 256 characters')),
);

/** The pattern of a task's name: `*` stands for any characters, `?` for one, everything else for itself. */
export const glob = z
  .string()
  .check(
    z.regex(
      /^(?=.*\S)\P{Cc}{1,256}$/u,
      'expected (a part of) a name of one line, at most 256 characters, in which * stands for any characters and ? for one',
    ),
  );
