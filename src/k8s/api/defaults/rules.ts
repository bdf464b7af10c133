/**
 * The form of a default: a function per Go struct that returns the struct with its defaults, or the same reference.
 * Upstream: pkg/apis/<group>/<version>/defaults.go (SetDefaults_*)
 * Left out: nothing.
 */

/** An immutable struct; reads are as loose as the API. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Struct = { readonly [field: string]: any };
export type Rule = (value: Struct) => Struct;
/** By our short type name (`core.v1.PodSpec`). */
export type Rules = Readonly<Record<string, Rule>>;

/** `value` with the fields of `defaults` that it lacks (absent, null or an empty string). */
export function fill(value: Struct, defaults: Struct): Struct {
  let out: Record<string, unknown> | undefined;
  for (const key of Object.keys(defaults)) {
    const now = value[key];
    if (now !== undefined && now !== null && now !== '') continue;
    out ??= { ...value };
    out[key] = defaults[key];
  }
  return out ?? value;
}

/** As fill, for numbers where upstream takes 0 for unset. */
export function fillZero(value: Struct, defaults: Struct): Struct {
  let out: Record<string, unknown> | undefined;
  for (const key of Object.keys(defaults)) {
    if (value[key]) continue;
    out ??= { ...value };
    out[key] = defaults[key];
  }
  return out ?? value;
}

/** `value` with `field` replaced by what `change` makes of it. */
export function within(value: Struct, field: string, change: (inner: Struct) => Struct): Struct {
  const before = value[field] as Struct | undefined;
  const after = change(before ?? {});
  return after === before ? value : { ...value, [field]: after };
}
