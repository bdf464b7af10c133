/** The outcome of reading a text: the value, or the message upstream would give. */
export type Parsed<T> = { readonly value: T; readonly error?: undefined } | { readonly error: string; readonly value?: undefined };

/** The value; throws the message. For texts of our own that cannot be wrong. */
export function must<T>(parsed: Parsed<T>): T {
  if (parsed.error !== undefined) throw new Error(parsed.error);
  return parsed.value as T;
}
