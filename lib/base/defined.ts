/** The same properties; one that is optional may be undefined as well. */
type Undefinable<T> = { readonly [K in keyof T]: Nothing extends Pick<T, K> ? T[K] | undefined : T[K] };

type Nothing = Record<never, never>;

/**
 * Properties that are undefined are left out, in place of a conditional spread for each: an absent key neither reaches
 * stored JSON nor hides a default.
 *
 * The type comes from the place that the object is made for and never from the values, so the compiler refuses a misspelt
 * key. Where no place gives a type, the call names it: `defined<Facts>({ … })`.
 */
export function defined<T extends object>(values: NoInfer<Undefinable<T>>): T;
export function defined(values: Readonly<Record<string, unknown>>): object {
  const kept: Record<string, unknown> = {};
  for (const key in values) if (values[key] !== undefined) kept[key] = values[key];
  return kept;
}
