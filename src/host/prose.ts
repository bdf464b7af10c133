/** The asset behind `kubectl explain`: made by scripts/explain-prose.mjs. Type name -> field ('' for the type) -> text. */
export type ProseTable = Readonly<Record<string, Readonly<Record<string, string>>>>;
