/** Texts that Go's strconv.ParseBool takes for true. Anything else is false. */
export function parseGoBool(text: string | undefined): boolean {
  return text === '1' || text === 't' || text === 'T' || text === 'true' || text === 'TRUE' || text === 'True';
}
