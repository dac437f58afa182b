import * as z from 'zod/mini';

const HINT =
  'expected the sign-in name (oncall@example.com) or the object id of a user, or a list of them; Teams ignores plain @names';
const SIGN_IN_NAME = /^([\w.'+-]{1,64})@[\w-]{1,63}(?:\.[\w-]{1,63})+$/;
const OBJECT_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const MOST = 20;

const user = z
  .string({ error: HINT })
  .check(z.refine((text) => SIGN_IN_NAME.test(text) || OBJECT_ID.test(text), HINT));

/** The setting `mention` of Teams. */
export const mentionSchema = z
  .optional(
    z.union(
      [
        z.pipe(
          user,
          z.transform((one: string) => [one]),
        ),
        z.array(user).check(z.minLength(1), z.maxLength(MOST)),
      ],
      { error: HINT },
    ),
  )
  .check(
    z.describe('Whom to mention: sign-in names (oncall@example.com) or object ids; mentionOn says when.'),
  );

/** The half of a mention that Teams resolves; the other is its text in the card. */
export interface Entity {
  readonly type: 'mention';
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
}

/** Each user once, under a name that no other user has: Teams finds the entity of a mention by its text. */
export function entitiesOf(users: readonly string[]): Entity[] {
  const once = [...new Set(users)];
  const names = once.map((id) => SIGN_IN_NAME.exec(id)?.[1] ?? id);
  return once.map((id, place) => {
    const short = names[place] ?? id;
    const name = names.filter((other) => other === short).length === 1 ? short : id;
    return { type: 'mention', text: `<at>${name}</at>`, mentioned: { id, name } };
  });
}
