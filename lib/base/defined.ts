/** The same properties; one that may be undefined is optional instead, as `exactOptionalPropertyTypes` wants it. */
export type Defined<T> = Flat<
  { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
    readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
  }
>;

type Flat<T> = { [K in keyof T]: T[K] };

/**
 * Properties that are undefined are left out, in place of a conditional spread for each: an absent key neither reaches
 * stored JSON nor hides a default.
 */
export function defined<const T extends object>(values: T): Defined<T> {
  const kept: Partial<T> = {};
  for (const key in values) if (values[key] !== undefined) kept[key] = values[key];
  return kept as unknown as Defined<T>;
}
